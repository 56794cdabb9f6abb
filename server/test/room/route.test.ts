import type { Cast, SignalUp } from '@peerstage/sdk/protocol'
import { DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import type { Routed } from '../../src/room/command'
import { route } from '../../src/room/route'
import type { Rejected } from '../../src/room/state'
import { description } from '../harness/description'
import { type RoomHarness, roomHarness } from '../harness/room-rules'

const signal = (to: string): SignalUp => ({
  type: 'signal',
  to,
  epoch: { born: 2, n: 0 },
  order: 0,
  body: { type: 'restart' },
})

const sendSignal = (room: RoomHarness, by: string, to: string) =>
  route(room.state, by, { type: 'signal', signal: signal(to) })

const sendCast = (room: RoomHarness, by: string, cast: Cast) => route(room.state, by, { type: 'cast', cast })

const codeOf = (routed: Routed | Rejected) => (routed.ok ? 'routed' : routed.error.code)

function audience() {
  const room = roomHarness()
  return { room, host: room.enter('host', 'host'), ada: room.enter('ada'), bob: room.enter('bob') }
}

describe('a signal', () => {
  test('goes along an edge, both ways, with the id of its sender added [R5.9, R5.10]', () => {
    const { room, host, ada } = audience()
    expect(sendSignal(room, ada, host)).toEqual({
      ok: true,
      to: [host],
      message: { type: 'signal', from: ada, epoch: { born: 2, n: 0 }, order: 0, body: { type: 'restart' } },
    })
    expect(sendSignal(room, host, ada)).toMatchObject({ to: [ada], message: { from: host } })
  })

  test('is no description of another layout: such a one is not passed on [R9.8]', () => {
    const { room, host, ada } = audience()
    const send = (body: SignalUp['body']) =>
      codeOf(route(room.state, ada, { type: 'signal', signal: { ...signal(host), body } }))
    expect(send({ type: 'offer', sdp: description(), layout: 1 })).toBe('routed')
    expect(send({ type: 'answer', sdp: description() })).toBe('routed')
    const sections = 'm=audio 9 X 0\r\n'.repeat(276)
    for (const sdp of ['', 'v=0', sections, `${description()}\r\nm=audio 9 X 0`]) {
      expect(send({ type: 'offer', sdp, layout: 1 })).toBe('bad_description')
      expect(send({ type: 'answer', sdp })).toBe('bad_description')
    }
    expect(send({ type: 'offer', sdp: description(), layout: 2 })).toBe('bad_description')
  })

  test('gets the same answer if the target has no edge, is unknown, or is the sender [R5.10]', () => {
    const { room, ada, bob } = audience()
    const answers = [bob, 'unknown', ada, '__proto__'].map((to) => sendSignal(room, ada, to))
    expect(codeOf(sendSignal(room, ada, bob))).toBe('peer_not_found')
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('finds its way with the stage: an edge comes and goes with the role [R5.10]', () => {
    const { room, host, ada, bob } = audience()
    room.ask(host, { type: 'moderation.setRole', participantId: bob, role: 'guest' })
    expect(codeOf(sendSignal(room, ada, bob))).toBe('routed')
    room.ask(host, { type: 'moderation.setRole', participantId: bob, role: 'viewer' })
    expect(codeOf(sendSignal(room, ada, bob))).toBe('peer_not_found')
  })
})

describe('a cast', () => {
  test('goes to all others, not back to its sender', () => {
    const { room, host, ada, bob } = audience()
    expect(sendCast(room, ada, { type: 'reaction', emoji: '🔥' })).toEqual({
      ok: true,
      to: [host, bob],
      message: { type: 'cast', from: ada, cast: { type: 'reaction', emoji: '🔥' } },
    })
    expect(sendCast(room, ada, { type: 'data', value: { x: 1 } })).toMatchObject({ to: [host, bob] })
  })

  test('goes to those it names, once each, and does not say to whom', () => {
    const { room, ada, bob } = audience()
    expect(sendCast(room, ada, { type: 'data', value: null, to: [bob, bob] })).toEqual({
      ok: true,
      to: [bob],
      message: { type: 'cast', from: ada, cast: { type: 'data', value: null } },
    })
  })

  test('that names a participant that is not there is not passed on', () => {
    const { room, ada, bob } = audience()
    expect(codeOf(sendCast(room, ada, { type: 'data', value: 1, to: [bob, 'unknown'] }))).toBe('peer_not_found')
    expect(codeOf(sendCast(room, ada, { type: 'data', value: 1, to: [ada] }))).toBe('peer_not_found')
  })

  test('has a size in bytes, not in characters', () => {
    const { room, ada } = audience()
    const fits = 'é'.repeat((DEFAULT_LIMITS.maxDataBytes - 2) / 2)
    expect(codeOf(sendCast(room, ada, { type: 'data', value: fits }))).toBe('routed')
    expect(codeOf(sendCast(room, ada, { type: 'data', value: `${fits}x` }))).toBe('payload_too_large')
  })

  test('has the size that the room was given', () => {
    const { room, ada } = audience()
    const limits = { ...DEFAULT_LIMITS, maxDataBytes: 4 }
    const cast: Cast = { type: 'data', value: 'abc' }
    expect(codeOf(route(room.state, ada, { type: 'cast', cast }, limits))).toBe('payload_too_large')
  })
})

test('a client that is not in the room is not heard', () => {
  const { room, host, ada } = audience()
  room.leave(ada)
  expect(codeOf(sendSignal(room, ada, host))).toBe('forbidden')
  expect(codeOf(sendCast(room, ada, { type: 'reaction', emoji: '🔥' }))).toBe('forbidden')
})

test('an ended room is silent', () => {
  const { room, host } = audience()
  room.ask(host, { type: 'moderation.endRoom' })
  expect(codeOf(sendCast(room, host, { type: 'reaction', emoji: '🔥' }))).toBe('forbidden')
})
