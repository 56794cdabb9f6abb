import { beforeEach, describe, expect, test } from 'vitest'
import { Playback } from '../../src/media/playback'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeStream, FakeTrack } from '../harness/media-devices'
import { FakeElement } from '../harness/media-element'

const ADA = { participantId: 'ada', kind: 'talk' } as const
const ME = { participantId: 'me', kind: 'talk' } as const

let streams: Map<string, MediaStream>
let blocked: boolean[]
let playback: Playback
let element: FakeElement
/** What the page's watcher calls; undefined while nothing is watched. */
let moved: (() => void) | undefined

const streamOf = (...tracks: FakeTrack[]) => new FakeStream(tracks.map(asTrack)) as unknown as MediaStream

beforeEach(() => {
  FakeElement.touched = true
  FakeElement.failure = 'NotAllowedError'
  streams = new Map([['ada', streamOf(new FakeTrack('video'))]])
  blocked = []
  playback = new Playback({
    stream: ({ participantId }) => streams.get(participantId),
    isSelf: (id) => id === 'me',
    observeDom: (callback) => {
      moved = callback
      return {
        watch: () => {},
        end: () => {
          moved = undefined
        },
      }
    },
    onBlocked: (now) => blocked.push(now),
  })
  element = new FakeElement()
})

test('plays at once, inline, and lets go when detached', async () => {
  const detach = playback.attach(element.asElement, ADA)
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
  playback.attach(element.asElement, ADA)
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
  const detach = playback.attach(element.asElement, ME)
  expect(element.muted).toBe(true)
  detach()
  expect(element.muted).toBe(false)
})

test('several elements may show one participant; an element shows one', () => {
  const other = new FakeElement()
  streams.set('bob', streamOf())
  const detach = playback.attach(element.asElement, ADA)
  playback.attach(other.asElement, ADA)
  playback.attach(element.asElement, { participantId: 'bob', kind: 'talk' })
  detach()
  expect(element.srcObject).toBe(streams.get('bob'))
  expect(other.srcObject).toBe(streams.get('ada'))
})

test('refused sound is told, shown without sound meanwhile, and played by resume', async () => {
  FakeElement.touched = false
  playback.attach(element.asElement, ADA)
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

test('sound that is refused is told though another track joins it before the browser has answered', async () => {
  FakeElement.touched = false
  playback.attach(element.asElement, ADA)
  streams.get('ada')?.addTrack(asTrack(new FakeTrack('audio')))
  playback.update()
  await settled()
  expect([playback.blocked, element.muted, element.paused]).toEqual([true, true, false])
})

test('detaching the last refused element ends the blockade', async () => {
  FakeElement.touched = false
  const detach = playback.attach(element.asElement, ADA)
  await settled()
  detach()
  expect([blocked, element.muted]).toEqual([[true, false], false])
})

test('an interrupted load is no refusal', async () => {
  FakeElement.touched = false
  FakeElement.failure = 'AbortError'
  playback.attach(element.asElement, ADA)
  await settled()
  expect(blocked).toEqual([])
})

test('new tracks in a playing stream are played; an element that the app paused stays so', async () => {
  playback.attach(element.asElement, ADA)
  await settled()
  playback.update()
  expect(element.plays).toBe(1)
  streams.get('ada')?.addTrack(asTrack(new FakeTrack('audio')))
  playback.update()
  expect(element.plays).toBe(2)
  element.pause()
  streams.get('ada')?.addTrack(asTrack(new FakeTrack('audio')))
  playback.update()
  expect(element.plays).toBe(2)
})

test('an element that left the page holds no stream, and gets it again when it is back', () => {
  element.isConnected = true
  playback.attach(element.asElement, ADA)
  element.isConnected = false
  playback.update()
  expect(element.srcObject).toBeNull()
  element.isConnected = true
  playback.update()
  expect(element.srcObject).toBe(streams.get('ada'))
})

test('a source that the app put into the element is left alone', () => {
  const detach = playback.attach(element.asElement, ADA)
  const other = streamOf()
  element.srcObject = other
  detach()
  expect(element.srcObject).toBe(other)
})

describe('a picture that is gone', () => {
  /** As in Firefox, where the size stays. */
  const showing = async () => {
    const video = new FakeTrack('video')
    streams.set('ada', streamOf(video, new FakeTrack('audio')))
    playback.attach(element.asElement, ADA)
    await settled()
    element.videoWidth = 640
    return () => {
      streams.get('ada')?.removeTrack(asTrack(video))
      playback.update()
    }
  }

  test('does not stay in the element, and the sound goes on', async () => {
    const end = await showing()
    end()
    await settled()
    const stream = streams.get('ada')
    expect([element.sources, element.videoWidth, element.paused]).toEqual([[stream, null, stream], 0, false])
  })

  test('and is gone from the element by itself, interrupts no sound', async () => {
    const end = await showing()
    element.videoWidth = 0
    end()
    expect(element.sources).toEqual([streams.get('ada')])
  })

  test('for another one interrupts no sound', async () => {
    const end = await showing()
    streams.get('ada')?.addTrack(asTrack(new FakeTrack('video')))
    end()
    expect(element.sources).toEqual([streams.get('ada')])
  })

  test('does not stay in an element that the app paused, nor does that play', async () => {
    const end = await showing()
    element.pause()
    end()
    expect([element.videoWidth, element.paused]).toEqual([0, true])
  })

  test('does not stay where sound is refused', async () => {
    FakeElement.touched = false
    const end = await showing()
    end()
    await settled()
    expect([element.videoWidth, element.paused, element.muted, playback.blocked]).toEqual([0, false, true, true])
  })
})

describe('an element out of the page for a while', () => {
  const leave = () => {
    element.isConnected = false
    moved?.()
  }
  /** The browser pauses it at the end of the task, and tells so in another. */
  const browserPauses = () => {
    if (!element.isConnected) element.paused = true
  }
  const browserTells = () => element.dispatchEvent(new Event('pause'))
  const comeBack = () => {
    element.isConnected = true
    moved?.()
  }

  let detach: () => void

  beforeEach(async () => {
    element.isConnected = true
    detach = playback.attach(element.asElement, ADA)
    await settled()
  })

  test('holds no stream meanwhile, and plays when it is back', () => {
    leave()
    browserPauses()
    browserTells()
    expect(element.srcObject).toBeNull()
    comeBack()
    expect([element.srcObject, element.paused]).toEqual([streams.get('ada'), false])
  })

  test('plays when it is back before the browser has told of its pause', () => {
    leave()
    browserPauses()
    comeBack()
    browserTells()
    playback.update()
    expect([element.sources.length, element.paused]).toEqual([1, false])
  })

  test('and back within the task, plays on', () => {
    leave()
    comeBack()
    browserPauses()
    expect([element.plays, element.sources.length]).toEqual([1, 1])
  })

  test('stays paused if the app had paused it', () => {
    element.pause()
    leave()
    playback.update()
    expect(element.srcObject).toBeNull()
    comeBack()
    expect([element.srcObject, element.paused]).toEqual([streams.get('ada'), true])
  })

  test('that the app played again before, plays', async () => {
    element.pause()
    await element.play()
    leave()
    browserPauses()
    browserTells()
    comeBack()
    expect(element.paused).toBe(false)
  })

  test('is watched for no longer than it is attached', () => {
    expect(moved).toBeDefined()
    detach()
    expect(moved).toBeUndefined()
  })
})

test('an element that was never in the page stays paused if the app paused it', async () => {
  playback.attach(element.asElement, ADA)
  await settled()
  element.pause()
  playback.update()
  moved?.()
  expect([element.srcObject, element.paused]).toEqual([streams.get('ada'), true])
})

test('an element whose tracks have all ended plays those of the next link', async () => {
  const [before] = (streams.get('ada')?.getTracks() ?? []) as unknown as FakeTrack[]
  playback.attach(element.asElement, ADA)
  await settled()
  before?.end()
  element.end()
  playback.update()
  expect(element.plays).toBe(1)
  if (before) streams.get('ada')?.removeTrack(asTrack(before))
  streams.get('ada')?.addTrack(asTrack(new FakeTrack('video')))
  playback.update()
  expect([element.plays, element.paused]).toEqual([2, false])
})

describe('sound', () => {
  test('that the app muted stays so when it is detached and attached again', () => {
    const detach = playback.attach(element.asElement, ADA)
    element.muted = true
    detach()
    expect(element.muted).toBe(true)
    playback.attach(element.asElement, ADA)()
    expect(element.muted).toBe(true)
  })

  test('that the app muted because it is its own is not given back either', () => {
    streams.set('me', streamOf())
    const detach = playback.attach(element.asElement, ME)
    element.muted = false
    element.muted = true
    detach()
    expect(element.muted).toBe(true)
  })

  test('is muted and as loud as wished for, in all elements of a participant, now and later', () => {
    const other = new FakeElement()
    const detach = playback.attach(element.asElement, ADA)
    playback.setSound('ada', { mutedForMe: true })
    playback.setSound('ada', { volume: 0.25 })
    playback.attach(other.asElement, { participantId: 'ada', kind: 'screen' })
    expect([element.muted, element.volume, other.muted, other.volume]).toEqual([true, 0.25, true, 0.25])
    detach()
    expect([element.muted, element.volume]).toEqual([false, 1])
    playback.attach(element.asElement, ADA)
    playback.setSound('ada', { mutedForMe: false })
    expect([element.muted, element.volume, other.muted]).toEqual([false, 0.25, false])
  })

  test('of an element that the app muted stays so when a wish for silence ends', () => {
    element.muted = true
    playback.attach(element.asElement, ADA)
    playback.setSound('ada', { mutedForMe: true })
    playback.setSound('ada', { mutedForMe: false })
    expect(element.muted).toBe(true)
  })

  test('that was changed in the element since is left as it is', () => {
    const detach = playback.attach(element.asElement, ADA)
    playback.setSound('ada', { volume: 0.5 })
    element.volume = 0.75
    detach()
    expect(element.volume).toBe(0.75)
  })

  test('of a participant who is muted for me stays off when playback is resumed', async () => {
    FakeElement.touched = false
    playback.attach(element.asElement, ADA)
    await settled()
    playback.setSound('ada', { mutedForMe: true })
    FakeElement.touched = true
    await playback.resume()
    expect([playback.blocked, element.muted, element.paused]).toEqual([false, true, false])
  })

  test('that a page may not play yet is refused when a wish for silence ends, and the picture goes on', async () => {
    FakeElement.touched = false
    playback.setSound('ada', { mutedForMe: true })
    playback.attach(element.asElement, ADA)
    await settled()
    expect(playback.blocked).toBe(false)
    playback.setSound('ada', { mutedForMe: false })
    await settled()
    expect([playback.blocked, element.muted, element.paused]).toEqual([true, true, false])
  })

  test('wished for is forgotten with the participant', () => {
    playback.setSound('ada', { volume: 0.5 })
    playback.setSound('bob', { mutedForMe: true })
    playback.keepSound(['bob'])
    expect([playback.soundOf('ada'), playback.soundOf('bob')]).toEqual([{}, { mutedForMe: true }])
  })
})
