import { afterEach, expect, test, vi } from 'vitest'
import { NO_SOURCES, type Role, type RoomEvent } from '../../src/protocol'
import { Bench } from '../harness/bench'
import { chatSent, joined, type ScriptedConnection } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

async function join(): Promise<ScriptedConnection> {
  const [made, line] = await Bench.joined()
  bench = made
  bench.events.length = 0
  return line
}

const logged = (seq: number, event: RoomEvent, by: string | null = 'ada') => ({
  type: 'event',
  logged: { seq, at: 5000, by, event },
})
const told = (count: number) => expect.poll(() => bench.events.length, { interval: 2 }).toBe(count)

test('what one frame brings makes one new state, and its events find it there', async () => {
  const line = await join()
  const seen: string[][] = []
  const listener = vi.fn()
  bench.client.subscribe(listener)
  bench.client.on('participantJoined', () => seen.push(bench.client.state.participants.map(({ id }) => id)))
  line.send(joined(3, 'ben'), joined(4, 'cyd'), chatSent(5, 'hi'))
  await told(3)
  expect(listener).toHaveBeenCalledTimes(1)
  expect(seen).toEqual([
    ['ada', 'ben', 'cyd'],
    ['ada', 'ben', 'cyd'],
  ])
  expect(bench.names()).toEqual(['participantJoined', 'participantJoined', 'message'])
})

test('each fact is told once, under its name', async () => {
  const line = await join()
  const published = { ...NO_SOURCES, microphone: { published: true, muted: false, interrupted: false } }
  const muted = { ...NO_SOURCES, microphone: { published: true, muted: true, interrupted: false } }
  line.send(
    joined(3, 'ben'),
    logged(4, { type: 'stage.requested', participantId: 'ben' }, 'ben'),
    logged(5, { type: 'stage.requestClosed', participantId: 'ben', outcome: 'approved' }),
    logged(6, { type: 'participant.roleChanged', participantId: 'ben', role: 'guest', reason: 'stage' }),
    logged(7, { type: 'media.changed', participantId: 'ben', sources: published }, 'ben'),
    logged(8, { type: 'media.changed', participantId: 'ben', sources: muted }),
    logged(9, { type: 'stage.invited', participantId: 'ben' }),
    logged(10, { type: 'stage.invitationClosed', participantId: 'ben', outcome: 'declined' }, 'ben'),
    logged(11, { type: 'participant.returned', participantId: 'ben' }, 'ben'),
    logged(12, { type: 'room.locked' }),
    logged(13, { type: 'room.unlocked' }),
    chatSent(14, 'oops', 'ben'),
    logged(15, { type: 'chat.deleted', messageId: 'message-14' }),
    { type: 'cast', from: 'ben', cast: { type: 'reaction', emoji: '👏' } },
    { type: 'cast', from: 'ben', cast: { type: 'data', value: [1] } },
    { type: 'cast', from: 'unknown', cast: { type: 'data', value: [1] } },
    { type: 'presence', participantId: 'ben', presence: 'reconnecting' },
    logged(16, { type: 'participant.left', participantId: 'ben', reason: 'lost' }, null),
    { type: 'event', logged: { seq: 17, at: 1, by: null, event: { type: 'of.tomorrow' } } },
    logged(18, { type: 'room.ended', reason: 'ended' }),
  )
  await expect.poll(() => bench.names().at(-1)).toBe('roomEnded')
  const ben = expect.objectContaining({ id: 'ben' })
  expect(bench.events).toEqual([
    { name: 'participantJoined', payload: { participant: ben } },
    { name: 'stageRequested', payload: { participant: ben } },
    { name: 'stageRequestClosed', payload: { participant: ben, outcome: 'approved' } },
    { name: 'roleChanged', payload: { participant: ben, previous: 'viewer', reason: 'stage' } },
    {
      name: 'sourceChanged',
      payload: { participant: ben, source: 'microphone', state: muted.microphone, by: 'ada' },
    },
    { name: 'stageInvited', payload: { participant: ben, by: 'ada' } },
    { name: 'stageInvitationClosed', payload: { participant: ben, outcome: 'declined' } },
    { name: 'participantReturned', payload: { participant: ben } },
    { name: 'roomLocked', payload: { locked: true } },
    { name: 'roomLocked', payload: { locked: false } },
    { name: 'message', payload: { message: expect.objectContaining({ text: 'oops' }), isOwn: false } },
    { name: 'messageDeleted', payload: { messageId: 'message-14' } },
    { name: 'reaction', payload: { participant: ben, emoji: '👏' } },
    { name: 'data', payload: { participant: ben, value: [1] } },
    { name: 'presenceChanged', payload: { participant: ben } },
    { name: 'participantLeft', payload: { participant: ben, reason: 'lost' } },
    { name: 'roomEnded', payload: { reason: 'ended' } },
  ])
})

test('a listener that throws stops no other, and is told of once', async () => {
  const line = await join()
  const failed = vi.fn()
  const after = vi.fn()
  bench.client.on('listenerFailed', failed)
  bench.client.on('message', () => {
    throw new Error('a bug of the app')
  })
  bench.client.subscribe(() => {
    throw new Error('another one')
  })
  bench.client.on('message', after)
  line.send(chatSent(3, 'hello'))
  await expect.poll(() => after.mock.calls.length).toBe(1)
  expect(failed.mock.calls.map(([{ event }]) => event).sort()).toEqual(['message', 'subscribe'])
  expect(bench.client.state.messages).toHaveLength(1)
})

test('even a listener of listenerFailed that throws', async () => {
  const line = await join()
  bench.client.on('listenerFailed', () => {
    throw new Error('again')
  })
  bench.client.on('message', () => {
    throw new Error('first')
  })
  line.send(chatSent(3, 'hello'), chatSent(4, 'still here'))
  await expect.poll(() => bench.client.state.messages).toHaveLength(2)
})

test('and a listener of everything that throws at everything', async () => {
  const line = await join()
  const failed = vi.fn()
  bench.client.on('listenerFailed', failed)
  bench.client.on('*', () => {
    throw new Error('a bug of the app')
  })
  line.send(chatSent(3, 'hello'))
  await expect.poll(() => bench.client.state.messages).toHaveLength(1)
  expect(failed.mock.calls.map(([{ event }]) => event)).toContain('*')
})

test('on, once and off', async () => {
  const line = await join()
  const [always, once, removed, unsubscribed] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
  bench.client.on('message', always)
  bench.client.once('message', once)
  bench.client.on('message', removed)
  bench.client.off('message', removed)
  bench.client.on('message', unsubscribed)()
  line.send(chatSent(3, 'one'), chatSent(4, 'two'))
  await expect.poll(() => always.mock.calls.length).toBe(2)
  expect(once).toHaveBeenCalledTimes(1)
  expect(removed).not.toHaveBeenCalled()
  expect(unsubscribed).not.toHaveBeenCalled()
})

test('a listener that is added during an event gets the next one', async () => {
  const line = await join()
  const added = vi.fn()
  bench.client.once('message', () => void bench.client.on('message', added))
  line.send(chatSent(3, 'one'), chatSent(4, 'two'))
  await expect.poll(() => added.mock.calls.length).toBe(1)
  expect(added).toHaveBeenCalledWith(expect.objectContaining({ message: expect.objectContaining({ text: 'two' }) }))
})

test('a listener may leave in the middle of a frame', async () => {
  const line = await join()
  bench.client.on('message', () => void bench.client.leave())
  line.send(chatSent(3, 'bye'), chatSent(4, 'never seen'))
  await expect.poll(() => bench.client.state.status).toBe('left')
  expect(bench.names().at(-1)).toBe('left')
})

test('the own reaction is told to its sender', async () => {
  await join()
  await bench.client.reactions.send('❤️')
  expect(bench.events).toMatchObject([{ name: 'reaction', payload: { participant: { isSelf: true }, emoji: '❤️' } }])
})

test('everybody is told who is host, and the state says until when one is waited for', async () => {
  const line = await join()
  const hosts = () =>
    bench.events.flatMap((event) =>
      event.name === 'hostChanged' ? [[event.payload.participant?.id ?? null, event.payload.reason]] : [],
    )
  const reads = async (message: ReturnType<typeof logged>, until: number | null, expected: unknown[]) => {
    bench.events.length = 0
    const { seq } = message.logged
    const read = () => [seq, hosts(), bench.client.state.room?.hostGraceUntil]
    line.send(message, chatSent(seq + 1, `after ${seq}`))
    await expect.poll(() => bench.client.state.messages.at(-1)?.text, { interval: 2 }).toBe(`after ${seq}`)
    expect(read()).toEqual([seq, expected, until])
  }
  const ben = { id: 'ben', name: 'Ben' }
  const role = (seq: number, of: Role, reason: 'token' | 'succession' | 'moderation', participantId = 'ben') =>
    logged(seq, { type: 'participant.roleChanged', participantId, role: of, reason }, null)
  await reads(logged(3, { type: 'participant.joined', participant: { ...ben, role: 'host' } }), null, [
    ['ben', 'joined'],
  ])
  await reads(role(5, 'guest', 'token'), null, [])
  await reads(role(7, 'guest', 'token', 'ada'), null, [])
  await reads(logged(9, { type: 'room.hostGraceStarted', until: 65_000 }, null), 65_000, [[null, 'waiting']])
  // The server was down meanwhile, and waits anew.
  await reads(logged(11, { type: 'room.hostGraceStarted', until: 99_000 }, null), 99_000, [])
  await reads(role(13, 'host', 'succession'), null, [['ben', 'succession']])
  await reads(role(15, 'host', 'moderation', 'ada'), null, [['ada', 'moderation']])
  await reads(logged(17, { type: 'room.hostGraceStarted', until: 120_000 }, null), 120_000, [[null, 'waiting']])
  await reads(logged(19, { type: 'room.hostGraceEnded' }, null), null, [[null, 'hostless']])
})
