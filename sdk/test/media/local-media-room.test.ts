// What others do to one's own media: moderators, the room, the system, the browser.
import { beforeEach, expect, test } from 'vitest'
import { LiveStreamError } from '../../src/errors'
import type { ScreenOptions } from '../../src/media/constraints'
import { MODES, NO_SOURCES } from '../../src/protocol'
import { settled } from '../harness/media-deferred'
import { asTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
})

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: LiveStreamError) => error.code,
  )

test("a moderator's mute is obeyed without a word, and can be undone by its owner [R5.8]", async () => {
  await room.media.publish({ microphone: true })
  room.moderatorMutes('microphone')
  expect(room.sent.microphone).toBeNull()
  expect(room.announced).toHaveLength(1)
  await room.media.unmute('microphone')
  expect(room.sent.microphone).not.toBeNull()
  expect(room.sources.microphone.muted).toBe(false)
})

test("the echo of one's own mute does not mute again", async () => {
  await room.media.publish({ microphone: true })
  room.repliesAtOnce = false
  const muted = room.media.mute('microphone')
  const unmuted = room.media.unmute('microphone')
  room.accept()
  await settled()
  expect(room.sent.microphone).not.toBeNull()
  room.accept()
  await Promise.all([muted, unmuted])
  expect(room.untold()).toEqual([])
})

test("a moderator's mute after our unmute is obeyed, though all three come in one frame", async () => {
  await room.media.publish({ microphone: true })
  room.repliesAtOnce = false
  const calls = [room.media.mute('microphone'), room.media.unmute('microphone')]
  room.accept()
  room.accept()
  room.moderatorMutes('microphone')
  await Promise.all(calls)
  expect(room.sent.microphone).toBeNull()
  expect(room.untold()).toEqual([])
})

test("a moderator's mute is not undone by a word of ours that was under way", async () => {
  await room.media.publish({ microphone: true })
  room.repliesAtOnce = false
  const calls = [codeOf(room.media.mute('microphone')), codeOf(room.media.unmute('microphone'))]
  room.refuse(new LiveStreamError('unavailable', 'later'))
  await settled()
  room.moderatorMutes('microphone')
  expect(room.sent.microphone).toBeNull()
  room.accept()
  await settled()
  room.accept()
  expect(await Promise.all(calls)).toEqual(['unavailable', 'ok'])
  expect(room.sources.microphone).toMatchObject({ published: true, muted: true })
  expect(room.sent.microphone).toBeNull()
  expect(room.pending).toEqual([])
})

test("a moderator's mute and a word of ours about something else cross in one frame, and the mute holds", async () => {
  await room.media.publish({ microphone: true })
  room.repliesAtOnce = false
  room.devices.live[0]?.interrupt(true)
  room.sources = { ...room.sources, microphone: { ...room.sources.microphone, muted: true } }
  room.accept()
  await settled()
  expect(room.announced.at(-1)).toEqual({ microphone: { interrupted: true } })
  expect(room.sources.microphone).toEqual({ published: true, muted: true, interrupted: true })
  expect(room.untold()).toEqual([])
  room.devices.live[0]?.interrupt(false)
  expect(room.sent.microphone).toBeNull()
})

test('what is under way is said again with what comes after it, for the later word may take its place', async () => {
  await room.media.publish({ microphone: true })
  room.repliesAtOnce = false
  const calls = [room.media.mute('microphone'), room.media.unmute('microphone')]
  room.devices.live[0]?.interrupt(true)
  expect(room.announced.slice(1)).toEqual([
    { microphone: { muted: true } },
    { microphone: { muted: false } },
    { microphone: { muted: false, interrupted: true } },
  ])
  while (room.pending.length > 0) room.accept()
  await Promise.all(calls)
  expect(room.untold()).toEqual([])
})

test('a demotion ends all captures at once', async () => {
  await room.media.publish({ camera: true, microphone: true })
  await room.media.shareScreen()
  room.changeRole('viewer')
  expect(room.devices.live).toEqual([])
  expect(Object.values(room.sent)).toEqual([null, null, null, null])
  expect(await codeOf(room.media.publish({ camera: true }))).toBe('forbidden')
})

test('a demotion while a prompt is open leaves no device open', async () => {
  room.devices.answer = undefined
  const results = [codeOf(room.media.publish({ camera: true })), codeOf(room.media.shareScreen())]
  await settled()
  room.changeRole('viewer')
  for (const prompt of room.devices.openPrompts) prompt.allow()
  expect(await Promise.all(results)).toEqual(['aborted', 'aborted'])
  expect(room.devices.live).toEqual([])
})

test('leaving ends all captures, twice is harmless, and nothing starts afterwards', async () => {
  await room.media.publish({ camera: true, microphone: true })
  room.leave()
  room.leave()
  expect(room.devices.live).toEqual([])
  expect(room.clock.waiting).toBe(0)
  expect(await codeOf(room.media.publish({ camera: true }))).toBe('not_joined')
})

test("a room's mode says what may be published, before anybody is asked", async () => {
  room.fold(MODES.voice.sources)
  expect(await codeOf(room.media.publish({ camera: true }))).toBe('source_not_allowed')
  expect(room.devices.prompts).toEqual([])
})

test('a new instance is told everything anew', async () => {
  await room.media.publish({ camera: true, microphone: true })
  await room.media.mute('microphone')
  const before = room.sources
  const told = room.announced.length
  await room.media.resync()
  expect(room.announced).toHaveLength(told)
  room.sources = NO_SOURCES
  room.fold()
  await room.media.resync()
  expect(room.sources).toEqual(before)
})

test('after a page reload, what the old page published is taken back', async () => {
  room.sources = { ...NO_SOURCES, camera: { published: true, muted: false, interrupted: false } }
  room.fold()
  await room.media.resync()
  expect(room.sources).toEqual(NO_SOURCES)
})

test('a lost microphone is replaced by another one, without a question', async () => {
  await room.media.publish({ microphone: { deviceId: { exact: 'airpods' } } })
  room.devices.unplug('airpods')
  expect(room.sent.microphone).toBeNull()
  await settled()
  expect(room.devices.live.map((track) => track.deviceId)).toEqual(['default-microphone'])
  expect(room.sent.microphone).toBe(room.devices.live[0])
  expect(room.announced.map(({ microphone }) => microphone?.interrupted)).toEqual([undefined, true, false])
  expect(room.errors).toEqual([])
})

test('a lost microphone without another one is told, and can be published again', async () => {
  await room.media.publish({ microphone: true })
  room.devices.answer = (prompt) => prompt.refuse('NotFoundError')
  room.devices.live[0]?.end()
  await settled()
  expect(room.errors.map(({ source, error }) => [source, error.code])).toEqual([['microphone', 'no_device']])
  expect(room.sources.microphone).toMatchObject({ published: true, interrupted: true })
  room.devices.answer = (prompt) => prompt.allow()
  await room.media.publish({ microphone: true })
  expect(room.sources.microphone.interrupted).toBe(false)
  expect(room.sent.microphone).not.toBeNull()
})

test('a lost camera is told, not replaced', async () => {
  await room.media.publish({ camera: true })
  room.devices.live[0]?.end()
  await settled()
  expect(room.errors.map(({ error }) => error.code)).toEqual(['no_device'])
  expect(room.devices.prompts).toHaveLength(1)
  expect(room.sources.camera).toMatchObject({ published: true, interrupted: true })
})

test('a microphone lost while muted is opened anew by unmute', async () => {
  await room.media.publish({ microphone: true })
  await room.media.mute('microphone')
  room.devices.live[0]?.end()
  expect(room.errors).toEqual([])
  await room.media.unmute('microphone')
  expect(room.sent.microphone).toBe(room.devices.live[0])
})

test('a camera lost before the reply ends the publish', async () => {
  room.repliesAtOnce = false
  const published = codeOf(room.media.publish({ camera: true }))
  await settled()
  room.devices.live[0]?.end()
  room.accept()
  room.accept()
  expect(await published).toBe('aborted')
  expect(room.sources.camera.published).toBe(false)
  expect(room.errors.map(({ error }) => error.code)).toEqual(['no_device'])
})

test('a phone call interrupts and gives back', async () => {
  await room.media.publish({ microphone: true })
  room.devices.live[0]?.interrupt(true)
  expect(room.sources.microphone.interrupted).toBe(true)
  room.devices.live[0]?.interrupt(false)
  expect(room.sources.microphone.interrupted).toBe(false)
})

test('a screen is shared with its sound, sharp, and never the own tab', async () => {
  await room.media.shareScreen()
  expect(room.sources.screen.published && room.sources.screenAudio.published).toBe(true)
  expect(room.sent.screen?.contentHint).toBe('detail')
  expect(room.devices.prompts[0]?.constraints).toMatchObject({ selfBrowserSurface: 'exclude', systemAudio: 'exclude' })
})

test("the system's sound is offered where the own page can be left out of it", async () => {
  room.devices.supported = { restrictOwnAudio: true }
  await room.media.shareScreen()
  expect(room.devices.prompts[0]?.constraints).toMatchObject({
    systemAudio: 'include',
    audio: { restrictOwnAudio: true },
  })
})

test('all that getDisplayMedia understands is given on, over the defaults', async () => {
  const controller = {}
  const own: ScreenOptions = {
    ...{ preferCurrentTab: true, surfaceSwitching: 'exclude', systemAudio: 'exclude', windowAudio: 'window' },
    ...{ monitorTypeSurfaces: 'exclude', controller },
  }
  await room.media.shareScreen({ ...own, video: { displaySurface: 'window' }, audio: { channelCount: 2 } })
  const asked = room.devices.prompts[0]?.constraints
  expect(asked).toMatchObject({ ...own, selfBrowserSurface: 'include' })
  expect(asked).toMatchObject({ video: { displaySurface: 'window', frameRate: { max: 30 } } })
  expect(asked).toMatchObject({ audio: { channelCount: 2, echoCancellation: false } })
  await room.media.shareScreen({ contentHint: 'motion', selfBrowserSurface: 'include', audio: true })
  expect(Object.keys(room.devices.prompts[1]?.constraints ?? {}).sort()).toEqual([
    'audio',
    'selfBrowserSurface',
    'surfaceSwitching',
    'systemAudio',
    'video',
  ])
})

test("the browser's own button ends the share, sound and all", async () => {
  await room.media.shareScreen()
  room.devices.live.find((track) => track.kind === 'video')?.end()
  await settled()
  expect(room.sources.screen.published || room.sources.screenAudio.published).toBe(false)
  expect(room.devices.live).toEqual([])
  expect(room.errors).toEqual([])
})

test('a closed picker is told as cancelled, and nothing else', async () => {
  room.devices.answer = (prompt) => prompt.refuse('NotAllowedError')
  expect(await codeOf(room.media.shareScreen())).toBe('cancelled')
  expect(room.announced).toEqual([])
})

test('a screen picked after stopScreen is let go', async () => {
  room.devices.answer = undefined
  const shared = codeOf(room.media.shareScreen())
  await room.media.stopScreen()
  room.devices.openPrompts[0]?.allow()
  expect(await shared).toBe('aborted')
  expect(room.devices.live).toEqual([])
})

test('another screen takes the place of the first; without sound the sound ends', async () => {
  await room.media.shareScreen()
  room.devices.screenHasSound = false
  await room.media.shareScreen()
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.screen])
  expect(room.sources.screenAudio.published).toBe(false)
})

test('a room that takes no screen sound asks for none', async () => {
  room.fold(['screen'])
  await room.media.shareScreen()
  expect(room.devices.prompts[0]?.constraints.audio).toBe(false)
})
