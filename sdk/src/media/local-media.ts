import { LiveStreamError } from '../errors'
import { isOnStage, type Participant, SOURCES, type Source, type SourceChange, type SourceStates } from '../protocol'
import { type DeviceSource, isDevice } from './constraints'
import { type DeviceAccess, isRevoked } from './device-access'
import type { Acquire } from './device-captures'
import { deviceError, noDevice, noWebRtc, revoked, together } from './device-errors'
import { DeviceWishes, isTrack, type PublishWish, type PublishWishes } from './device-wishes'
import { Devices } from './devices'
import { LocalSource } from './local-source'
import type { Delays } from './outlet'
import { ScreenShare, type ShareScreenOptions } from './screen-share'
import type { Tracks } from './stream-kind'

export type LocalMediaOptions = DeviceAccess & {
  readonly clock: Delays
  /** Tells the room (`media.update`), one source at a time; settles with the reply. @throws LiveStreamError */
  announce(source: Source, change: SourceChange): Promise<void>
  /** Whether a device that was unplugged while in use is taken again when it is back. */
  readonly reacquireDevices: boolean
  /** Puts a track into a slot of every link, now and to come. A link that cannot take it starts over by itself. */
  fill(source: Source, track: MediaStreamTrack | null): Promise<void>
  /** Whether there is anything that media could be sent by. */
  hasWebRtc(): boolean
  /** `tracks()` or `states()` give something new. */
  onChange(): void
  /** Something failed that no call waits for. */
  onError(source: Source, error: LiveStreamError): void
  onDevices(devices: readonly MediaDeviceInfo[]): void
}

/** One's own media: captures, publishes, mutes and shares. Knows nothing of links nor of the store. */
export class LocalMedia {
  readonly #options: LocalMediaOptions
  readonly #wishes: DeviceWishes
  readonly #devices: Devices
  readonly #sources: Readonly<Record<Source, LocalSource>>
  readonly #screen: ScreenShare
  #self: Pick<Participant, 'role' | 'sources'> | null = null
  #allowed: readonly Source[] = []
  #closed = false

  constructor(options: LocalMediaOptions) {
    this.#options = options
    this.#wishes = new DeviceWishes(options)
    this.#devices = new Devices(options, {
      seen: (devices) => void this.#takeLost(devices),
      changed: options.onDevices,
    })
    this.#sources = {
      microphone: this.#source('microphone'),
      camera: this.#source('camera'),
      screen: this.#source('screen'),
      screenAudio: this.#source('screenAudio'),
    }
    const { screen, screenAudio } = this.#sources
    this.#screen = new ScreenShare(options, screen, screenAudio, (error) =>
      options.onError('screenAudio', deviceError('screenAudio', error)),
    )
  }

  /**
   * Captures and publishes. Resolves when the room knows and media flows.
   *
   * Both wished for together show one prompt. What can be published is: with a microphone but no camera, the microphone is
   * live and the promise rejects with the camera's error. When both fail, the error tells of both, with the camera's code;
   * `errors` has each. A refused prompt counts for both. Publishing again with `true` changes nothing (a muted source stays muted); with constraints or a track it puts
   * the new capture in the old one's place; where two cameras cannot be open at once, the old one goes first, and comes back if the new
   * one fails. What failed is not remembered: `true` asks as the last capture that succeeded.
   *
   * Defaults: microphone with echo cancellation, noise suppression and gain control; camera 640×360 at 24 frames per second.
   *
   * @example
   * ```ts
   * await client.media.publish({ microphone: true, camera: { width: { ideal: 1280 } } })
   * ```
   *
   * @throws LiveStreamError `not_joined`, `forbidden` (the role may not publish), `source_not_allowed` (the room's mode),
   * `permission_denied`, `no_device`, `device_in_use`, `unsatisfied_constraints`, `insecure_context`, `not_supported`,
   * `aborted` (unpublished, replaced by a later publish, or left meanwhile), or the common errors: see {@link ErrorCode}
   */
  async publish(wishes: PublishWishes): Promise<void> {
    const { muted = false } = wishes
    const asked = (['camera', 'microphone'] as const).filter((source) => wishes[source])
    for (const source of asked) this.#check(source)
    const isMuted = (source: DeviceSource) => (typeof muted === 'boolean' ? muted : muted.includes(source))
    const opened = asked.filter((source) => this.#opens(source, wishes[source], isMuted(source)))
    const acquires = this.#wishes.open(Object.fromEntries(opened.map((source) => [source, wishes[source]])))
    const results = await Promise.allSettled(
      asked.map((source) => this.#publish(source, wishes[source], acquires[source], isMuted(source))),
    )
    void this.#devices.refresh()
    const [first, ...others] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    if (first) throw together([first, ...others])
  }

  /**
   * Stops sending and lets the devices go at once (a picture after 200 ms of black), then tells the room. Without
   * arguments: everything. Harmless for what is not published.
   *
   * @throws LiveStreamError the common errors, when the room could not be told; nothing is sent all the same
   */
  async unpublish(...sources: Source[]): Promise<void> {
    const given = sources.length === 0 ? SOURCES : sources
    if (given.includes('screen')) this.#screen.cancel()
    await Promise.all(given.map((source) => this.#sources[source].unpublish()))
  }

  /**
   * Sends nothing from this moment on, then tells the room. The microphone stays open, so that unmuting is instant; the
   * camera is let go after 200 ms of black, so that its light goes out. Harmless for what is muted or not published.
   *
   * @throws LiveStreamError the common errors, when the room could not be told; nothing is sent all the same
   */
  mute(source: Source): Promise<void> {
    return this.#sources[source].mute()
  }

  /**
   * Sends again. A camera that was off is opened anew, the same one if it is still there.
   *
   * @throws LiveStreamError `invalid` (not published), `aborted` (muted or unpublished meanwhile), a device's error as in
   * `publish`, or the common errors: then it is muted again
   */
  unmute(source: Source): Promise<void> {
    return this.#sources[source].unmute()
  }

  /**
   * Goes on with another device; the old one stays if that fails. Not published, or the camera off: it is taken next time.
   *
   * @param deviceId of `devices()`
   * @throws LiveStreamError a device's error as in `publish`, `aborted`, or the common errors
   */
  async switchDevice(source: DeviceSource, deviceId: string): Promise<void> {
    const local = this.#sources[source]
    await local.published.catch(() => {})
    const isOpen =
      local.slot.phase.at === 'published' && (local.slot.phase.capture !== null || local.slot.phase.lost !== false)
    if (!isOpen) return this.#wishes.prefer(source, deviceId)
    await local.publish(this.#wishes.exactly(source, deviceId))
  }

  /**
   * Lets the user pick a screen, window or tab and shares it, with sound where the browser offers it. Call it in a click.
   * Ends by `stopScreen()` or by the browser's own button. While sharing, what is picked takes the old one's place.
   *
   * @throws LiveStreamError `cancelled` (nothing picked), `aborted`, or as `publish`
   */
  async shareScreen(options: ShareScreenOptions = {}): Promise<void> {
    this.#check('screen')
    await this.#screen.start(options, this.#allowed.includes('screenAudio'))
  }

  /** As `unpublish('screen', 'screenAudio')`, errors included. */
  stopScreen(): Promise<void> {
    return this.#screen.stop()
  }

  /**
   * Cameras, microphones and speakers. Empty until a capture was allowed, for then only do browsers tell them apart.
   *
   * @throws LiveStreamError `insecure_context`, `not_supported`
   */
  devices(): Promise<readonly MediaDeviceInfo[]> {
    return this.#devices.list()
  }

  /** For the self view: what is captured, but for pictures that are off. */
  tracks(): Tracks {
    return this.#each((source) => source.slot.shown)
  }

  /** What links are filled with. */
  filled(): Tracks {
    return this.#each((source) => source.slot.filled)
  }

  /** Our own view of the four sources, ahead of the room's. */
  states(): SourceStates {
    return this.#each((source) => source.slot.state)
  }

  /**
   * To be called after every fold, before the reply of a command settles; null once the room is left. A moderator's mute is
   * obeyed; when the role or the room's mode no longer allow it, captures end at once.
   */
  follow(self: Pick<Participant, 'role' | 'sources'> | null, allowed: readonly Source[]): void {
    this.#self = self
    this.#allowed = self && isOnStage(self.role) ? allowed : []
    if (self) this.#devices.watch()
    else this.#devices.unwatch()
    for (const source of SOURCES) {
      if (self) this.#sources[source].follow(self.sources[source])
      if (!this.#allowed.includes(source)) this.#sources[source].drop()
    }
    if (!this.#allowed.includes('screen')) this.#screen.cancel()
  }

  /** Tells the room what it lacks of ours: after a rejoin, in a new instance, on a page's return. Settles with its replies. */
  async restate(): Promise<void> {
    await Promise.all(SOURCES.map((source) => this.#sources[source].restate()))
  }

  /** Ends all captures. Idempotent. */
  close(): void {
    this.#closed = true
    this.follow(null, [])
  }

  #source(source: Source): LocalSource {
    const { clock, announce, fill, onChange, onError } = this.#options
    return new LocalSource({
      source,
      clock,
      announce: (change) => announce(source, change),
      fill: (track) => fill(source, track).catch(() => {}),
      reopen: () => this.#wishes.reopen(source),
      again: () => (isDevice(source) ? this.#wishes.again(source) : this.#wishes.reopen(source)),
      exactly: (deviceId) => (isDevice(source) ? this.#wishes.exactly(source, deviceId) : this.#wishes.reopen(source)),
      whyLost: async () => ((await this.#isRevoked(source)) ? revoked(source) : noDevice(source)),
      onChange,
      onEnded: () => {
        if (source === 'screen') this.stopScreen().catch(() => {})
      },
      onError: (error) => onError(source, error),
    })
  }

  /** Whether a wish needs a capture now: it may be fulfilled already, and a camera that is muted is opened by `unmute`. */
  #opens(source: DeviceSource, wish: PublishWish = false, isMuted: boolean): boolean {
    const { isUp, slot } = this.#sources[source]
    const rests = source === 'camera' && !isTrack(wish) && (isMuted || (slot.phase.at !== 'off' && slot.phase.muted))
    return !rests && !(wish === true && isUp)
  }

  async #publish(source: DeviceSource, wish: PublishWish = false, acquire: Acquire | undefined, isMuted: boolean) {
    const local = this.#sources[source]
    if (acquire) return local.publish(acquire, isMuted)
    if (wish === true && local.isUp) {
      await Promise.all([isMuted && local.mute(), local.join()])
      return
    }
    if (typeof wish === 'object' && !isTrack(wish)) this.#wishes.prepare(source, wish)
    return local.publish(null, isMuted)
  }

  /** Without a question: where the browser would ask, the app is the one to open a device. */
  async #takeLost(devices: readonly MediaDeviceInfo[]): Promise<void> {
    if (!this.#options.reacquireDevices) return
    for (const [source, kind] of [
      ['microphone', 'audioinput'],
      ['camera', 'videoinput'],
    ] as const) {
      const { lost } = this.#sources[source]
      const isBack = devices.some((device) => device.kind === kind && device.deviceId === lost)
      if (!isBack) continue
      const state = (await this.#options.permission(source)) ?? 'granted'
      if (state === 'granted') this.#sources[source].takeLost()
    }
  }

  async #isRevoked(source: Source): Promise<boolean> {
    return isDevice(source) && isRevoked(this.#options, source)
  }

  #check(source: Source): void {
    if (this.#closed || !this.#self) throw new LiveStreamError('not_joined', 'Join the room before publishing.')
    if (!isOnStage(this.#self.role))
      throw new LiveStreamError('forbidden', 'Viewers do not publish: ask for the stage.')
    if (!this.#allowed.includes(source)) {
      throw new LiveStreamError('source_not_allowed', `This room takes ${this.#allowed.join(', ')}.`)
    }
    if (!this.#options.hasWebRtc()) throw noWebRtc()
  }

  #each<T>(of: (source: LocalSource) => T): Record<Source, T> {
    const { microphone, camera, screen, screenAudio } = this.#sources
    return { microphone: of(microphone), camera: of(camera), screen: of(screen), screenAudio: of(screenAudio) }
  }
}
