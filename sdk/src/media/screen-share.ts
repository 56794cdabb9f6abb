import { Capture, givenCapture } from './capture'
import { displayMediaOptions, type ScreenOptions } from './constraints'
import type { DeviceAccess } from './device-access'
import { deviceError, insecureContext, notSupported, superseded } from './device-errors'
import type { LocalSource } from './local-source'

/**
 * `track` and `audioTrack`: share these, without a picker. They stay yours: they are never stopped. If you give a `contentHint` here, they
 * have it while they are shared.
 */
export type ShareScreenOptions = ScreenOptions & {
  /** Shared without a picker. */
  track?: MediaStreamTrack
  /** Its sound. Used only together with `track`. */
  audioTrack?: MediaStreamTrack
}

type Picked = { readonly screen: Capture; readonly screenAudio: Capture | null }

/** The screen and its sound, which start with one picker and end together. */
export class ScreenShare {
  readonly #access: DeviceAccess
  readonly #screen: LocalSource
  readonly #sound: LocalSource
  readonly #onSoundError: (error: unknown) => void
  #picking: object | null = null

  constructor(access: DeviceAccess, screen: LocalSource, sound: LocalSource, onSoundError: (error: unknown) => void) {
    this.#access = access
    this.#screen = screen
    this.#sound = sound
    this.#onSoundError = onSoundError
  }

  async start(options: ShareScreenOptions, soundAllowed: boolean): Promise<void> {
    const picking = {}
    this.#picking = picking
    const asked = soundAllowed ? options : { ...options, audio: false }
    const picked = await this.#pick(asked)
    if (this.#picking !== picking) {
      picked.screen.close()
      picked.screenAudio?.close()
      throw superseded()
    }
    const hint = options.contentHint ?? (picked.screen.isOwn ? 'detail' : undefined)
    if (hint) picked.screen.hint(hint)
    await Promise.all([this.#screen.publish(async () => picked.screen), this.#shareSound(picked.screenAudio)]).catch(
      async (error) => {
        if (this.#picking === picking) await this.#sound.unpublish().catch(() => {})
        throw error
      },
    )
  }

  async stop(): Promise<void> {
    this.#picking = null
    await Promise.all([this.#screen.unpublish(), this.#sound.unpublish()])
  }

  /** Ignores what the user picks. */
  cancel(): void {
    this.#picking = null
  }

  /** If the sound fails, the screen is shared without it, and the app gets the error. */
  async #shareSound(capture: Capture | null): Promise<void> {
    const done = capture ? this.#sound.publish(async () => capture) : this.#sound.unpublish()
    await done.catch(this.#onSoundError)
  }

  async #pick(options: ShareScreenOptions): Promise<Picked> {
    if (options.track) {
      const sound = options.audio === false ? undefined : options.audioTrack
      return {
        screen: givenCapture('screen', options.track),
        screenAudio: sound ? givenCapture('screenAudio', sound) : null,
      }
    }
    const devices = this.#access.mediaDevices()
    if (!devices?.getDisplayMedia) throw this.#access.isSecureContext() ? notSupported('screen') : insecureContext()
    const canRestrict = 'restrictOwnAudio' in (devices.getSupportedConstraints?.() ?? {})
    try {
      const stream = await devices.getDisplayMedia(displayMediaOptions(options, canRestrict))
      const [video] = stream.getVideoTracks()
      const [audio] = stream.getAudioTracks()
      if (!video) throw notSupported('screen')
      return {
        screen: new Capture(video, { isOwn: true }),
        screenAudio: audio ? new Capture(audio, { isOwn: true }) : null,
      }
    } catch (error) {
      throw deviceError('screen', error, this.#access)
    }
  }
}
