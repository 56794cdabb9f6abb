// What is the app's stays as the app wants it: `enabled` and `contentHint` of its tracks.
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { TrackLoan } from '../../src/media/capture'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
})

const trackThatIs = (kind: 'audio' | 'video', enabled: boolean) => Object.assign(new FakeTrack(kind), { enabled })

test.each(['microphone', 'camera'] as const)(
  'a %s that the app has switched off is published muted, and stays off',
  async (source) => {
    const own = trackThatIs(source === 'camera' ? 'video' : 'audio', false)
    await room.media.publish({ [source]: asTrack(own) })
    expect([own.enabled, room.sent[source]]).toEqual([false, null])
    expect(room.sources[source]).toEqual({ published: true, muted: true, interrupted: false })
    expect(room.announced).toEqual([{ [source]: { published: true, muted: true } }])
    await room.media.unmute(source)
    expect([own.enabled, room.sent[source]]).toEqual([true, own])
    await room.media.unpublish(source)
    room.endFades()
    await settled()
    expect(own.enabled).toBe(false)
  },
)

test('a track that is switched off takes the place of one that is live: muted from then on', async () => {
  await room.media.publish({ microphone: true })
  const own = trackThatIs('audio', false)
  await room.media.publish({ microphone: asTrack(own) })
  expect([own.enabled, room.sent.microphone, room.sources.microphone.muted]).toEqual([false, null, true])
  expect(room.devices.live).toEqual([])
})

test('a screen that the app has switched off is shared muted', async () => {
  const own = trackThatIs('video', false)
  await room.media.shareScreen({ track: asTrack(own) })
  expect([own.enabled, room.sources.screen.muted]).toEqual([false, true])
})

test('what the app switches while we use its track is left as it is', async () => {
  const own = trackThatIs('audio', true)
  await room.media.publish({ microphone: asTrack(own) })
  own.enabled = false
  await room.media.unpublish('microphone')
  await settled()
  expect(own.enabled).toBe(false)
})

test('a track that has no contentHint, as those of Node, is given back all the same', async () => {
  const own = new FakeTrack('video')
  Object.assign(own, { contentHint: undefined })
  await room.media.publish({ camera: asTrack(own) })
  await room.media.unpublish('camera')
  room.endFades()
  await settled()
  expect(own.contentHint).toBeUndefined()
  expect(own.readyState).toBe('live')
})

test("an app's contentHint is kept, or given back", async () => {
  const own = Object.assign(new FakeTrack('video'), { contentHint: 'motion' })
  await room.media.shareScreen({ track: asTrack(own) })
  expect(own.contentHint).toBe('motion')
  await room.media.stopScreen()
  await room.media.shareScreen({ track: asTrack(own), contentHint: 'detail' })
  expect(own.contentHint).toBe('detail')
  await room.media.stopScreen()
  room.endFades()
  await settled()
  expect(own.contentHint).toBe('motion')
})

const verb = fc.constantFrom('publish', 'publish', 'mute', 'unmute', 'unpublish', 'pass', 'rest', 'leave')

test('whatever is called in whatever order, a track comes back as it was given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(verb, { maxLength: 20 }), async (enabled, verbs) => {
      room = new MediaRoom()
      const own = trackThatIs('video', enabled)
      for (const verb of verbs) {
        if (verb === 'publish') room.media.publish({ camera: asTrack(own) }).catch(() => {})
        else if (verb === 'pass') room.endFades()
        else if (verb === 'rest') await settled()
        else if (verb === 'leave') {
          room.media.applyRemoteState(null, [])
          room.fold()
        } else room.media[verb]('camera').catch(() => {})
      }
      await settled()
      await room.media.unpublish()
      room.endFades()
      await settled()
      expect([own.enabled, own.readyState]).toEqual([enabled, 'live'])
    }),
    { numRuns: 300 },
  )
})

test('a track without contentHint, as in Firefox, is given back as any other', () => {
  const own = asTrack(trackThatIs('video', true))
  Object.assign(own, { contentHint: undefined })
  const loan = TrackLoan.of(own)
  loan.enable(false)
  loan.end()
  expect([own.enabled, own.contentHint]).toEqual([true, undefined])
})
