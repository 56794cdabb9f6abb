import { beforeEach, expect, test } from 'vitest'
import { RemoteStreams } from '../../src/media/remote-streams'
import { NO_SOURCES, type Participant, type Role, type Source, type SourceState } from '../../src/protocol'
import { asTrack, FakeStream, FakeTrack } from '../harness/media-devices'

const ON: SourceState = { published: true, muted: false, interrupted: false }

const participant = (
  id: string,
  sources: Partial<Record<Source, SourceState>> = {},
  role: Role = 'host',
): Participant => ({
  id,
  name: id,
  role,
  joinedAt: 0,
  joinSeq: 1,
  roleSeq: 1,
  sources: { ...NO_SOURCES, ...sources },
})

let streams: RemoteStreams
let news: string[]
const camera = asTrack(new FakeTrack('video'))
const microphone = asTrack(new FakeTrack('audio'))
const screen = asTrack(new FakeTrack('video'))

beforeEach(() => {
  news = []
  streams = new RemoteStreams({
    newStream: (tracks) => new FakeStream(tracks) as unknown as MediaStream,
    onAdded: ({ participantId, source, kind, stream, track }) => {
      expect(stream.getTracks()).toContain(track)
      news.push(`+${participantId} ${source} ${kind}`)
    },
    onRemoved: ({ participantId, source, kind }) => news.push(`-${participantId} ${source} ${kind}`),
  })
})

const tracksOf = (id: string, kind: 'talk' | 'screen') => streams.streams(id)[kind]?.getTracks() ?? []

test('all slots arrive, but only what the room says is published is shown', () => {
  streams.update([participant('ada', { camera: ON })], 'me')
  expect(streams.track('ada', 'camera', camera)).toBe(true)
  expect(streams.track('ada', 'microphone', microphone)).toBe(false)
  expect(streams.track('ada', 'screen', screen)).toBe(false)
  expect(tracksOf('ada', 'talk')).toEqual([camera])
  expect(streams.streams('ada').screen).toBeUndefined()
  expect(news).toEqual(['+ada camera talk'])
})

test('it makes no difference whether the track or the event comes first', () => {
  streams.track('ada', 'camera', camera)
  streams.update([participant('ada')], 'me')
  expect(tracksOf('ada', 'talk')).toEqual([])
  streams.update([participant('ada', { camera: ON })], 'me')
  expect(streams.trackOf('ada', 'camera')).toBe(camera)
})

test('the stream stays the same object while its tracks come and go', () => {
  streams.track('ada', 'camera', camera)
  streams.track('ada', 'microphone', microphone)
  streams.update([participant('ada', { camera: ON, microphone: ON })], 'me')
  const { talk } = streams.streams('ada')
  streams.update([participant('ada', { microphone: ON })], 'me')
  expect(talk?.getTracks()).toEqual([microphone])
  streams.update([participant('ada')], 'me')
  expect(streams.streams('ada')).toEqual({})
  streams.update([participant('ada', { camera: ON })], 'me')
  expect(streams.streams('ada').talk).toBe(talk)
})

test('a camera that is off or interrupted is taken out, a muted microphone stays', () => {
  streams.track('ada', 'camera', camera)
  streams.track('ada', 'microphone', microphone)
  const muted = { ...ON, muted: true }
  streams.update([participant('ada', { camera: muted, microphone: muted })], 'me')
  expect(tracksOf('ada', 'talk')).toEqual([microphone])
  streams.update([participant('ada', { camera: { ...ON, interrupted: true } })], 'me')
  expect(tracksOf('ada', 'talk')).toEqual([])
})

test('a new epoch brings a new track into the same stream', () => {
  streams.update([participant('ada', { camera: ON })], 'me')
  streams.track('ada', 'camera', camera)
  const { talk } = streams.streams('ada')
  const next = asTrack(new FakeTrack('video'))
  streams.track('ada', 'camera', next)
  expect(talk?.getTracks()).toEqual([next])
  expect(news).toEqual(['+ada camera talk', '-ada camera talk', '+ada camera talk'])
})

test('media of a role that may not publish is not shown, whatever its sources say [R5.11]', () => {
  streams.track('ada', 'camera', camera)
  streams.update([participant('ada', { camera: ON })], 'me')
  streams.update([participant('ada', { camera: ON }, 'viewer')], 'me')
  expect(streams.streams('ada')).toEqual({})
  expect(news).toEqual(['+ada camera talk', '-ada camera talk'])
})

test('who leaves is dropped, and comes back with nothing of before', () => {
  streams.track('ada', 'camera', camera)
  streams.update([participant('ada', { camera: ON })], 'me')
  const { talk } = streams.streams('ada')
  streams.update([], 'me')
  expect(talk?.getTracks()).toEqual([])
  streams.update([participant('ada', { camera: ON })], 'me')
  expect(streams.streams('ada')).toEqual({})
})

test("the self view shows one's own tracks ahead of the room", () => {
  streams.update([participant('me')], 'me')
  streams.own({ microphone, camera, screen: null, screenAudio: null })
  expect(tracksOf('me', 'talk')).toEqual([microphone, camera])
  streams.own({ microphone, camera: null, screen: null, screenAudio: null })
  expect(tracksOf('me', 'talk')).toEqual([microphone])
})

test('nothing is told twice; that a participant is gone neither', () => {
  streams.track('ada', 'camera', camera)
  const room = [participant('ada', { camera: ON })]
  streams.update(room, 'me')
  streams.update(room, 'me')
  streams.update([], 'me')
  streams.update([], 'me')
  expect(news).toEqual(['+ada camera talk', '-ada camera talk'])
})
