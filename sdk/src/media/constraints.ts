/** What can be captured by `getUserMedia`. */
export type DeviceSource = 'microphone' | 'camera'

/**
 * What is asked for unless the app says otherwise. All values are wishes (`ideal`), so that any device will do.
 *
 * Camera: a mesh encodes and uploads the picture once per link, so the default is small. 640×360 at 24 fps is no more
 * pixels per second than the 640×480 at 20 fps that was measured (Chromium, VP8, a simple picture, both ends on one machine):
 * about 480 kbit/s and 0.06 cores a link, 1.3 cores for 20 receivers. At 1280×720 each link would carry four times the pixels.
 */
const DEFAULTS: Readonly<Record<DeviceSource, MediaTrackConstraints>> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24 } },
}

/** The defaults, with the app's own constraints over them, name by name. */
export const deviceConstraints = (source: DeviceSource, own: MediaTrackConstraints = {}): MediaTrackConstraints => ({
  ...DEFAULTS[source],
  ...own,
})

/** How a screen is captured. */
export type ScreenOptions = {
  /** Whether sound is asked for too, where the browser offers it (Chromium: a tab's or the system's). Default true. */
  audio?: boolean
  /** Over the defaults (at most 30 frames per second, 15 wished for). */
  video?: MediaTrackConstraints
  /** What matters in the picture: `'detail'` for text (default), `'motion'` for films. */
  contentHint?: 'detail' | 'motion'
}

/**
 * What `getDisplayMedia` understands beyond TypeScript's DOM library (W3C Screen Capture); browsers ignore what they do not know.
 */
type DisplayMediaOptions = {
  video: MediaTrackConstraints
  audio: false | (MediaTrackConstraints & { restrictOwnAudio: boolean; suppressLocalAudioPlayback: boolean })
  selfBrowserSurface: 'exclude'
  surfaceSwitching: 'include'
  systemAudio: 'include' | 'exclude'
}

/**
 * How a screen is asked for. `canRestrictOwnAudio`: whether the browser knows the constraint `restrictOwnAudio`.
 *
 * No echo: the own tab is not offered, and the system's sound (which holds everybody's voices, played by this page) only
 * where the browser can leave the own page out of it. The shared tab stays audible for who shares it.
 * Shared sound is often music, which the filters for speech would spoil.
 */
export function displayMediaOptions(options: ScreenOptions, canRestrictOwnAudio: boolean): DisplayMediaOptions {
  const sound = {
    restrictOwnAudio: true,
    suppressLocalAudioPlayback: false,
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  }
  return {
    video: { frameRate: { ideal: 15, max: 30 }, ...options.video },
    audio: options.audio === false ? false : sound,
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    systemAudio: canRestrictOwnAudio ? 'include' : 'exclude',
  }
}
