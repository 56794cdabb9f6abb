import { beforeEach, expect, test } from 'vitest'
import { Playback } from '../../src/media/playback'
import { settled } from '../fakes/media-deferred'
import { asTrack, FakeStream, FakeTrack } from '../fakes/media-devices'

/** An element of a page whose browser lets sound play only after a touch. */
class FakeElement {
  srcObject: unknown = null
  playsInline = false
  muted = false
  isConnected = false
  paused = true
  plays = 0
  static touched = true
  static failure = 'NotAllowedError'

  async play(): Promise<void> {
    this.plays++
    if (!FakeElement.touched && !this.muted) throw new DOMException('', FakeElement.failure)
    this.paused = false
  }
}
const asElement = (element: FakeElement) => element as unknown as HTMLMediaElement

const ADA = { participantId: 'ada', kind: 'talk' } as const
const ME = { participantId: 'me', kind: 'talk' } as const

let streams: Map<string, MediaStream>
let blocked: boolean[]
let playback: Playback
let element: FakeElement

const streamOf = (...tracks: FakeTrack[]) => new FakeStream(tracks.map(asTrack)) as unknown as MediaStream

beforeEach(() => {
  FakeElement.touched = true
  FakeElement.failure = 'NotAllowedError'
  streams = new Map([['ada', streamOf(new FakeTrack('video'))]])
  blocked = []
  playback = new Playback({
    stream: ({ participantId }) => streams.get(participantId),
    isSelf: (id) => id === 'me',
    onBlocked: (now) => blocked.push(now),
  })
  element = new FakeElement()
})

test('plays at once, inline, and lets go when detached', async () => {
  const detach = playback.attach(asElement(element), ADA)
  expect([element.srcObject, element.playsInline, element.muted]).toEqual([streams.get('ada'), true, false])
  await settled()
  expect(element.paused).toBe(false)
  detach()
  detach()
  expect(element.srcObject).toBeNull()
})

test('plays as soon as there is a stream, and stops when there is none', () => {
  const stream = streams.get('ada') as MediaStream
  streams.clear()
  playback.attach(asElement(element), ADA)
  expect(element.srcObject).toBeNull()
  streams.set('ada', stream)
  playback.update()
  expect(element.srcObject).toBe(stream)
  streams.clear()
  playback.update()
  expect(element.srcObject).toBeNull()
})

test("one's own sound is not played, and the element gets its sound back", () => {
  streams.set('me', streamOf())
  const detach = playback.attach(asElement(element), ME)
  expect(element.muted).toBe(true)
  detach()
  expect(element.muted).toBe(false)
})

test('several elements may show one participant; an element shows one', () => {
  const other = new FakeElement()
  streams.set('bob', streamOf())
  const detach = playback.attach(asElement(element), ADA)
  playback.attach(asElement(other), ADA)
  playback.attach(asElement(element), { participantId: 'bob', kind: 'talk' })
  detach()
  expect(element.srcObject).toBe(streams.get('bob'))
  expect(other.srcObject).toBe(streams.get('ada'))
})

test('refused sound is told, shown without sound meanwhile, and played by resume', async () => {
  FakeElement.touched = false
  playback.attach(asElement(element), ADA)
  await settled()
  expect([playback.blocked, element.muted, element.paused]).toEqual([true, true, false])
  await playback.resume()
  expect([playback.blocked, element.muted, element.paused]).toEqual([true, true, false])
  FakeElement.touched = true
  const resumed = playback.resume()
  expect(element.muted).toBe(false)
  await resumed
  expect([playback.blocked, element.muted, blocked]).toEqual([false, false, [true, false]])
})

test('detaching the last refused element ends the blockade', async () => {
  FakeElement.touched = false
  const detach = playback.attach(asElement(element), ADA)
  await settled()
  detach()
  expect([blocked, element.muted]).toEqual([[true, false], false])
})

test('an interrupted load is no refusal', async () => {
  FakeElement.touched = false
  FakeElement.failure = 'AbortError'
  playback.attach(asElement(element), ADA)
  await settled()
  expect(blocked).toEqual([])
})

test('new tracks in a playing stream are played; an element that the app paused stays so', async () => {
  playback.attach(asElement(element), ADA)
  await settled()
  playback.update()
  expect(element.plays).toBe(1)
  streams.get('ada')?.addTrack(asTrack(new FakeTrack('audio')))
  playback.update()
  expect(element.plays).toBe(2)
  element.paused = true
  streams.get('ada')?.addTrack(asTrack(new FakeTrack('audio')))
  playback.update()
  expect(element.plays).toBe(2)
})

test('an element that left the page holds no stream, and gets it again when it is back', () => {
  element.isConnected = true
  playback.attach(asElement(element), ADA)
  element.isConnected = false
  playback.update()
  expect(element.srcObject).toBeNull()
  element.isConnected = true
  playback.update()
  expect(element.srcObject).toBe(streams.get('ada'))
})

test('a source that the app put into the element is left alone', () => {
  const detach = playback.attach(asElement(element), ADA)
  const other = streamOf()
  element.srcObject = other
  detach()
  expect(element.srcObject).toBe(other)
})

test('closing detaches all, twice is harmless', () => {
  playback.attach(asElement(element), ADA)
  playback.close()
  playback.close()
  expect(element.srcObject).toBeNull()
})
