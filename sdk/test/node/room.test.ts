// A room of Node processes, each a real client on the real WebRTC of Node, at a real server.
import { afterEach, expect, test } from 'vitest'
import type { Child } from './child'
import { NodeRoom, until } from './node-room'
import type { RoomDown, RoomUp } from './room-program'

type Peer = { name: string; child: Child<RoomUp, RoomDown> }

const NAMES = ['Ada', 'Ben', 'Cyd', 'Dee']

const room = new NodeRoom()
afterEach(() => room.close())

test('four processes in one room: six links, everyone’s pictures and chat reach everyone, and each exits cleanly', async () => {
  const peers = await enter(NAMES)

  const live = await Promise.all(peers.map(({ child }) => until(child, 'live')))
  expect(live).toMatchObject(peers.map(({ name }) => ({ linked: othersOf(name), seen: othersOf(name) })))

  for (const { child } of peers) child.send({ type: 'say' })
  const [first, ...rest] = await Promise.all(peers.map(({ child }) => until(child, 'heard')))
  const texts = first?.texts ?? []
  expect([...texts].sort()).toEqual(NAMES.map((name) => `${name} is here`))
  for (const each of rest) expect(each.texts).toEqual(texts)

  for (const { child } of peers) child.send({ type: 'leave' })
  const left = { type: 'left', texts, status: 'left', links: 0 }
  for (const { child } of peers) expect(await until(child, 'left')).toEqual(left)
  for (const { child } of peers) expect(await child.ended()).toBe('exit code 0')
})

test('who leaves unheard and joins again is seen at once, and sees: the new links need no second try', async () => {
  const peers = await enter(['Ada', 'Ben'])
  const [ada, ben] = peers.map(({ child }) => child) as [Peer['child'], Peer['child']]
  await Promise.all([until(ada, 'live'), until(ben, 'live')])

  ben.send({ type: 'leave in an outage, and join' })
  await until(ben, 'awaiting outage')
  room.server.faults.close({ identity: 'Ben' })
  expect(await until(ada, 'live')).toEqual({ type: 'live', linked: ['Ben'], seen: ['Ben'], restarts: [0] })
  expect(await until(ben, 'live')).toEqual({ type: 'live', linked: ['Ada'], seen: ['Ada'], restarts: [0] })

  for (const child of [ada, ben]) child.send({ type: 'leave' })
  for (const child of [ada, ben]) expect(await child.ended()).toBe('exit code 0')
})

async function enter(names: readonly string[]): Promise<Peer[]> {
  return Promise.all(
    names.map(async (name, i) => {
      const role = i === 0 ? 'host' : 'guest'
      const child = await room.start<RoomUp, RoomDown>('./room-program.ts', { name, role }, [`${names.length - 1}`])
      return { name, child }
    }),
  )
}

const othersOf = (name: string): string[] => NAMES.filter((other) => other !== name)
