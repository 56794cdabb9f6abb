import type { Source } from '../protocol'

/** What can be captured by `getUserMedia`. */
export type DeviceSource = 'microphone' | 'camera'

export const isDevice = (source: Source): source is DeviceSource => source === 'microphone' || source === 'camera'

/**
 * The constraints that the app does not give. All values are preferences (`ideal`), so that any device fits.
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

/**
 * How a screen is captured: every option of `getDisplayMedia` (W3C Screen Capture), passed on as it is, over our defaults. A browser
 * ignores options that it does not know.
 */
export type ScreenOptions = {
  /**
   * Whether to share sound too, if the browser offers it (Chromium: of a tab or of the system), or constraints for it.
   * Default true: without the filters for speech, which distort music.
   */
  audio?: boolean | MediaTrackConstraints
  /** Over the defaults (at most 30 frames per second, 15 preferred). `displaySurface` says which kind the picker shows first. */
  video?: MediaTrackConstraints
  /** What matters in the picture: `'detail'` for text (default), `'motion'` for films. */
  contentHint?: 'detail' | 'motion'
  /** Whether the picker offers this very tab. Default `'exclude'`, as the room would be seen and heard in itself. */
  selfBrowserSurface?: 'include' | 'exclude'
  /** Offers this very tab first, for a page that presents itself. Then `selfBrowserSurface` is `'include'` by default. */
  preferCurrentTab?: boolean
  /** Whether the user may change to another tab while sharing. Default `'include'`. */
  surfaceSwitching?: 'include' | 'exclude'
  /** Whether the picker offers the system's sound. Default: only if the browser can exclude the voices of the room from it. */
  systemAudio?: 'include' | 'exclude'
  /** Whether the picker offers a window's sound, or the system's with a window. Default: the browser's. */
  windowAudio?: 'exclude' | 'window' | 'system'
  /** Whether the picker offers whole screens. Default: the browser's. */
  monitorTypeSurfaces?: 'include' | 'exclude'
  /** A `CaptureController`, for example to keep the focus on the app's page. */
  controller?: object
}

/**
 * The options for the capture of a screen. `canRestrictOwnAudio`: whether the browser knows the constraint `restrictOwnAudio`.
 *
 * The defaults avoid an echo: the own tab is not offered, and the system's sound, which includes the voices that this page plays, only
 * if the browser can exclude the own page from it. A shared tab stays audible for the person who shares it.
 */
export function displayMediaOptions(options: ScreenOptions, canRestrictOwnAudio: boolean): DisplayMediaStreamOptions {
  const { audio = true, video, contentHint: _, ...own } = options
  const sound = {
    restrictOwnAudio: true,
    suppressLocalAudioPlayback: false,
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  }
  const chosen = {
    selfBrowserSurface: own.preferCurrentTab ? 'include' : 'exclude',
    surfaceSwitching: 'include',
    systemAudio: canRestrictOwnAudio ? 'include' : 'exclude',
    ...own,
  }
  return {
    ...chosen,
    video: { frameRate: { ideal: 15, max: 30 }, ...video },
    audio: audio && (audio === true ? sound : { ...sound, ...audio }),
  }
}
