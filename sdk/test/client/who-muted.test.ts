import { afterEach, expect, test } from 'vitest'
import { NO_SOURCES, type SourceState } from '../../src/protocol'
import { Bench } from '../harness/bench'
import { joined, roomOf } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

const muted = { published: true, muted: true, interrupted: false, mutedBy: 'eve' }

test('who muted a source is in the state, and with the unmute it goes', async () => {
  const [made, line] = await Bench.joined()
  bench = made
  const microphone = () => bench.client.state.participants.find(({ id }) => id === 'ben')?.sources.microphone
  const changed = (seq: number, now: SourceState, by: string) => {
    const event = { type: 'media.changed', participantId: 'ben', sources: { ...NO_SOURCES, microphone: now } }
    return { type: 'event', logged: { seq, at: seq, by, event } }
  }
  line.send(joined(3, 'ben'), changed(4, muted, 'eve'))
  await expect.poll(microphone).toEqual({ ...muted, isLive: false })
  const { mutedBy: _, ...unmuted } = { ...muted, muted: false }
  line.send(changed(5, unmuted, 'ben'))
  await expect.poll(microphone).toEqual({ ...unmuted, isLive: true })
})

test('a client that was away when it happened finds it in the state', async () => {
  const [made, first] = await Bench.joined()
  bench = made
  first.cut()
  await expect.poll(() => bench.client.state.status).toBe('reconnecting')
  const second = await bench.reconnected(2)
  const [ada] = roomOf().participants
  if (!ada) throw new Error('no Ada')
  const ben = { ...ada, id: 'ben', name: 'Ben', sources: { ...NO_SOURCES, microphone: muted } }
  second.welcome({ self: 'ada', room: roomOf({ instance: 'instance-2', participants: [ada, ben] }) })
  await expect.poll(() => bench.client.state.participants[1]?.sources.microphone).toEqual({ ...muted, isLive: false })
})
