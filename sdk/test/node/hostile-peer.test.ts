// Real clients on the real WebRTC of Node, at a real server, with one among them that is none of ours.
import { afterEach, expect, test } from 'vitest'
import type { HostileDown, HostileUp } from './hostile-program'
import { NodeRoom, until } from './node-room'
import type { RoomDown, RoomUp } from './room-program'

const room = new NodeRoom()
afterEach(() => room.close())

const guest = (name: string) => room.start<RoomUp, RoomDown>('./room-program.ts', { name, role: 'guest' }, ['1'])

test('a peer that makes an offer and asks to start over again and again keeps no other link from starting [R9.3, R9.5]', async () => {
  const ada = await room.start<RoomUp, RoomDown>('./room-program.ts', { name: 'Ada', role: 'host' }, ['1'])
  await expect.poll(() => room.server.rooms.stats('node')?.participants.host).toBe(1)
  const mal = { name: 'Mal', role: 'guest' } as const
  const hostile = await room.start<HostileUp, HostileDown>('./hostile-program.ts', mal, ['Ada'])
  // She has opened a connection for the offer, and a Node client opens one at a time: the link to Ben has to wait for its turn.
  await until(hostile, 'answered')
  await until(hostile, 'asked')
  const ben = await guest('Ben')

  expect(await until(ada, 'live')).toMatchObject({ linked: ['Ben'], seen: ['Ben'] })
  expect(await until(ben, 'live')).toMatchObject({ linked: ['Ada'], seen: ['Ada'] })

  for (const child of [ada, ben, hostile]) child.send({ type: 'leave' })
  for (const child of [ada, ben, hostile]) expect(await child.ended()).toBe('exit code 0')
}, 60_000)
