import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { LinkState, MediaView } from '../../src/ports/participant-media'
import { NO_SOURCES, type Role, type RoomEvent } from '../../src/protocol'
import type { ParticipantView } from '../../src/state/state'
import { NO_MEDIA } from '../../src/state/state-builder'
import { RoomStore } from '../../src/state/store'
import { type SliceState, viewOf } from '../../src/verbs/slices'
import { roomOf, welcomeOf } from '../harness/scripted-server'

function joinedStore(media: MediaView = NO_MEDIA): RoomStore<SliceState> {
  const store = new RoomStore({ fields: viewOf, listenerFailed: () => {} })
  store.showMedia(media)
  store.welcome(welcomeOf())
  store.commit()
  return store
}

const at = (seq: number, event: RoomEvent, by = 'ada') => ({ seq, at: seq * 1000, by, event })
const joins = (seq: number, id: string, role: Role = 'viewer') =>
  at(seq, { type: 'participant.joined', participant: { id, name: id, role } }, id)
const says = (seq: number, text: string) =>
  at(seq, {
    type: 'chat.sent',
    message: { id: `m${seq}`, participantId: 'ada', name: 'Ada', role: 'host', text, at: seq },
  })

test('lists are empty when idle', () => {
  const { status, participants, messages, room } = new RoomStore({
    fields: viewOf,
    listenerFailed: () => {},
  }).getState()
  expect({ status, participants, messages, room }).toEqual({
    status: 'idle',
    participants: [],
    messages: [],
    room: null,
  })
})

test('without a change the state is the same object, and no listener is called', () => {
  const store = joinedStore()
  const before = store.getState()
  const listener = vi.fn()
  store.subscribe(listener)
  store.invalidate()
  store.commit()
  expect(store.getState()).toBe(before)
  expect(listener).not.toHaveBeenCalled()
})

test('several events make one call', () => {
  const store = joinedStore()
  const listener = vi.fn()
  store.subscribe(listener)
  for (const logged of [joins(3, 'ben'), joins(4, 'cyd'), says(5, 'hi')]) store.apply(logged)
  store.commit()
  expect(listener).toHaveBeenCalledTimes(1)
  expect(store.getState()).toMatchObject({ viewerCount: 2, messages: [{ text: 'hi' }] })
})

test('parts that an event does not touch keep their identity', () => {
  const store = joinedStore()
  store.apply(joins(3, 'ben'))
  const before = store.getState()
  store.apply(says(4, 'hi'))
  const after = store.getState()
  expect(after).not.toBe(before)
  expect(after.participants).toBe(before.participants)
  expect(after.room).toBe(before.room)
  store.apply(at(5, { type: 'participant.roleChanged', participantId: 'ben', role: 'guest', reason: 'stage' }))
  const [ada, ben] = store.getState().participants
  expect(ada).toBe(after.participants[0])
  expect(ben).not.toBe(after.participants[1])
  expect(store.getState().messages).toBe(after.messages)
})

test("a participant that leaves does not change the others' objects", () => {
  const store = joinedStore()
  store.apply(joins(3, 'ben'))
  store.apply(joins(4, 'cyd'))
  const cyd = store.getState().participants[2]
  store.apply(at(5, { type: 'participant.left', participantId: 'ben', reason: 'left' }))
  expect(store.getState().participants[1]).toBe(cyd)
})

test('an equal snapshot changes nothing that is shown', () => {
  const store = joinedStore()
  const { participants, room } = store.getState()
  store.welcome(welcomeOf({ room: structuredClone(roomOf()) }))
  expect(store.getState().participants).toBe(participants)
  expect(store.getState().room).toBe(room)
})

test('tracks, streams, links and how it is heard are shown with the participant they belong to', () => {
  const track = { id: 'track' } as MediaStreamTrack
  const media: MediaView = {
    tracksOf: (id) => (id === 'ben' ? { camera: track } : {}),
    streamsOf: () => ({}),
    linkOf: (id) => (id === 'ben' ? 'connected' : null),
    soundOf: (id) => (id === 'ben' ? { volume: 0.5, mutedForMe: true } : {}),
  }
  const store = joinedStore(media)
  store.apply(joins(3, 'ben', 'guest'))
  expect(store.getState().participants[1]).toMatchObject({
    link: 'connected',
    sources: { camera: { track } },
    volume: 0.5,
    mutedForMe: true,
  })
  expect(store.getState().self).toMatchObject({ volume: 1, mutedForMe: false })
})

test('a link that changes makes the view of its participant anew, and of no other', () => {
  const linkOf = vi.fn<MediaView['linkOf']>(() => 'connecting')
  const store = joinedStore({ ...NO_MEDIA, linkOf })
  for (const logged of [joins(3, 'ben'), joins(4, 'cyd')]) store.apply(logged)
  const before = store.getState()
  linkOf.mockClear().mockReturnValue('connected')
  store.invalidate('cyd')
  const after = store.getState()
  expect(linkOf.mock.calls).toEqual([['cyd']])
  expect(after.participants.map(({ link }) => link)).toEqual([null, 'connecting', 'connected'])
  expect(after.participants[1]).toBe(before.participants[1])
  expect([after.room, after.self, after.messages]).toEqual([before.room, before.self, before.messages])
})

test('a list that the app has sorted does not change who is shown with which link', () => {
  const links = new Map<string, LinkState>()
  const store = joinedStore({ ...NO_MEDIA, linkOf: (id) => links.get(id) ?? null })
  for (const logged of [joins(3, 'ben'), joins(4, 'cyd')]) store.apply(logged)
  ;(store.getState().participants as ParticipantView[]).reverse()
  links.set('ben', 'connected')
  store.invalidate('ben')
  const shown = store.getState().participants.map(({ id, link }) => [id, link])
  expect(shown).toEqual([
    ['ada', null],
    ['ben', 'connected'],
    ['cyd', null],
  ])
})

test("one's own microphone and camera say which device they are; what no device feeds, and what is another's, does not", () => {
  const fromDevice = (deviceId: string, label: string) =>
    ({ id: `track of ${label}`, label, getSettings: () => ({ deviceId }) }) as MediaStreamTrack
  const tracks = {
    camera: fromDevice('camera-1', 'Front camera'),
    microphone: fromDevice('', 'MediaStreamAudioDestinationNode'),
    screen: fromDevice('screen:0:0', 'Screen 1'),
  }
  const store = joinedStore({ ...NO_MEDIA, tracksOf: () => tracks })
  store.apply(joins(3, 'ben', 'guest'))
  const [self, ben] = store.getState().participants
  expect(self?.sources.camera).toMatchObject({ deviceId: 'camera-1', label: 'Front camera' })
  for (const other of [self?.sources.microphone, self?.sources.screen, ben?.sources.camera]) {
    expect(other).toMatchObject({ track: expect.anything() })
    expect(other).not.toHaveProperty('deviceId')
  }
})

test('a gap throws, leaves the room as it is, and asks for a snapshot', () => {
  const store = joinedStore()
  const before = store.getState()
  expect(() => store.apply(joins(9, 'ben'))).toThrow(RangeError)
  expect(store.getState()).toBe(before)
  expect(store.position()).toBeUndefined()
  store.welcome(welcomeOf({ room: roomOf({ seq: 9 }) }))
  expect(store.position()).toEqual({ seq: 9, instance: 'instance-1' })
})

test('an event that comes twice counts once', () => {
  const store = joinedStore()
  store.apply(says(3, 'hi'))
  const state = store.getState()
  expect(store.apply(says(3, 'hi'))).toBeUndefined()
  expect(store.welcome(welcomeOf({ events: [says(3, 'hi'), joins(4, 'ben')], seq: 4 }))).toMatchObject({
    resumed: true,
    applied: [{ logged: { seq: 4 } }],
  })
  expect(store.getState().messages).toBe(state.messages)
  expect(store.position()).toEqual({ seq: 4, instance: 'instance-1' })
})

test('nothing of a room is kept when it is left', () => {
  const store = joinedStore()
  store.setStatus({ status: 'left', reason: 'left' })
  expect(store.getState()).toMatchObject({ status: 'left', reason: 'left', room: null, participants: [], messages: [] })
  expect(store.position()).toBeUndefined()
})

test('a subscriber that throws is reported, and the others are called', () => {
  const failed = vi.fn()
  const store = new RoomStore({ fields: viewOf, listenerFailed: failed })
  const listener = vi.fn()
  store.subscribe(() => {
    throw new Error('mine')
  })
  const unsubscribe = store.subscribe(listener)
  store.setStatus({ status: 'joining' })
  store.commit()
  expect(failed).toHaveBeenCalledTimes(1)
  expect(listener).toHaveBeenCalledTimes(1)
  unsubscribe()
  store.welcome(welcomeOf())
  store.commit()
  expect(listener).toHaveBeenCalledTimes(1)
})

test('whatever comes, the state has no participant twice and at most one self, and shows who is away and which links stand', () => {
  const id = fc.constantFrom('ada', 'ben', 'cyd', 'dee')
  const step = fc.oneof(
    fc.record({ do: fc.constant('join' as const), id }),
    fc.record({ do: fc.constant('leave' as const), id }),
    fc.record({ do: fc.constant('snapshot' as const), ids: fc.uniqueArray(id), self: id }),
    fc.record({ do: fc.constant('presence' as const), id, away: fc.boolean() }),
    fc.record({ do: fc.constant('link' as const), id, link: fc.constantFrom<LinkState>('connecting', 'connected') }),
  )
  const person = { role: 'guest' as const, joinedAt: 1, joinSeq: 1, roleSeq: 1, sources: NO_SOURCES }
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const links = new Map<string, LinkState>()
      const away = new Set<string>()
      const store = joinedStore({ ...NO_MEDIA, linkOf: (id) => links.get(id) ?? null })
      for (const each of steps) {
        const seq = (store.room?.seq ?? 0) + 1
        const present = store.room?.participants.some((of) => 'id' in each && of.id === each.id)
        if (each.do === 'join' && !present) store.apply(joins(seq, each.id))
        if (each.do === 'leave')
          store.apply(at(seq, { type: 'participant.left', participantId: each.id, reason: 'left' }))
        if (each.do === 'presence') {
          store.presence(each.id, each.away)
          away[each.away ? 'add' : 'delete'](each.id)
        }
        if (each.do === 'link') {
          links.set(each.id, each.link)
          store.invalidate(each.id)
        }
        if (each.do === 'snapshot') {
          away.clear()
          const participants = each.ids.map((of) => ({ ...person, id: of, name: of }))
          store.welcome(welcomeOf({ self: each.self, room: roomOf({ seq, participants }) }))
        }
        const { participants, self } = store.getState()
        expect(new Set(participants.map((of) => of.id)).size).toBe(participants.length)
        expect(participants.filter((of) => of.isSelf)).toEqual(self === null ? [] : [self])
        // Without a seat the state stays as it was until the goodbye.
        if (!store.room?.participants.some((of) => of.id === store.selfId)) continue
        for (const { id, isSelf, link, presence } of participants) {
          expect(link).toBe(isSelf ? null : (links.get(id) ?? null))
          expect(presence).toBe(away.has(id) ? 'reconnecting' : 'connected')
        }
      }
    }),
  )
})
