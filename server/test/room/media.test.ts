import { MODES, NO_SOURCES, type Source } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { eventsOf, OFF, ON, outcomeOf, roomHarness, typesOf } from '../harness/room-rules'

test('what is named changes, the rest stays', () => {
  const room = roomHarness()
  const ada = room.enter('ada', 'guest')
  room.ask(ada, { type: 'media.update', sources: { microphone: ON } })
  expect(eventsOf(room.ask(ada, { type: 'media.update', sources: { camera: { ...ON, muted: true } } }))).toEqual([
    {
      type: 'media.changed',
      participantId: ada,
      sources: { ...NO_SOURCES, microphone: ON, camera: { ...ON, muted: true } },
    },
  ])
})

test('a repeat, an empty update and a mute of nothing change nothing', () => {
  const room = roomHarness()
  const ada = room.enter('ada', 'guest')
  room.ask(ada, { type: 'media.update', sources: { microphone: ON } })
  expect(typesOf(room.ask(ada, { type: 'media.update', sources: { microphone: ON } }))).toEqual([])
  expect(typesOf(room.ask(ada, { type: 'media.update', sources: {} }))).toEqual([])
  expect(typesOf(room.ask(ada, { type: 'media.update', sources: { camera: { ...OFF, muted: true } } }))).toEqual([])
})

test('of a slot, too, only what is named changes: a mute is not undone by what its owner says of something else', () => {
  const room = roomHarness()
  const [host, ada] = [room.enter('host', 'host'), room.enter('ada', 'guest')]
  room.ask(ada, { type: 'media.update', sources: { microphone: { published: true } } })
  room.ask(host, { type: 'moderation.mute', participantId: ada, source: 'microphone' })
  room.ask(ada, { type: 'media.update', sources: { microphone: { interrupted: true } } })
  expect(room.participant(ada).sources.microphone).toEqual({ ...ON, muted: true, interrupted: true, mutedBy: host })
  room.ask(ada, { type: 'media.update', sources: { microphone: { muted: false } } })
  expect(room.participant(ada).sources.microphone.muted).toBe(false)
})

test('what a demotion stopped does not come back by a word about it', () => {
  const room = roomHarness()
  const [host, ada] = [room.enter('host', 'host'), room.enter('ada', 'guest')]
  room.ask(ada, { type: 'media.update', sources: { camera: ON } })
  room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'viewer' })
  room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'guest' })
  expect(typesOf(room.ask(ada, { type: 'media.update', sources: { camera: { interrupted: true } } }))).toEqual([])
  expect(room.participant(ada).sources.camera.published).toBe(false)
})

test('a source may be interrupted, and goes on', () => {
  const room = roomHarness()
  const ada = room.enter('ada', 'guest')
  room.ask(ada, { type: 'media.update', sources: { camera: { ...ON, interrupted: true } } })
  expect(room.participant(ada).sources.camera.interrupted).toBe(true)
  room.ask(ada, { type: 'media.update', sources: { camera: ON } })
  expect(room.participant(ada).sources.camera).toEqual(ON)
})

test('a viewer publishes nothing, but may say that it has stopped [R5.11]', () => {
  const room = roomHarness()
  const ada = room.enter('ada', 'viewer')
  expect(outcomeOf(room.ask(ada, { type: 'media.update', sources: { microphone: ON } }))).toBe('forbidden')
  expect(typesOf(room.ask(ada, { type: 'media.update', sources: { microphone: OFF } }))).toEqual([])
})

test.each([
  ['voice', ['microphone']],
  ['camera', ['microphone', 'camera']],
  ['studio', ['microphone', 'camera', 'screen', 'screenAudio']],
] as const)('a %s room takes %s and nothing else', (mode, takes) => {
  const room = roomHarness({ mode: MODES[mode] })
  const host = room.enter('host', 'host')
  for (const source of ['microphone', 'camera', 'screen', 'screenAudio'] satisfies Source[]) {
    const outcome = outcomeOf(room.ask(host, { type: 'media.update', sources: { [source]: ON } }))
    expect(outcome, source).toBe((takes as readonly Source[]).includes(source) ? 'accepted' : 'source_not_allowed')
  }
})
