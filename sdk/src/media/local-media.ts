import { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import { perSource, type SlotTracks } from '../ports/participant-media'
import { isOnStage, type Participant, SOURCES, type Source, type SourceChange } from '../protocol'
import type { DeviceSource } from './constraints'
import type { DeviceAccess } from './device-access'
import type { Acquire } from './device-captures'
import { deviceError, noWebRtc, together } from './device-errors'
import { DeviceRequests, Devices, isTrack, type PublishInput, type PublishOptions } from './devices'
import { LocalSource } from './local-source'
import { ScreenShare, type ShareScreenOptions } from './screen-share'
import type { SetTrack } from './slot-output'

export type LocalMediaPorts = DeviceAccess & {
  readonly clock: Pick<Clock, 'after'>
  /** Tells the room (`media.update`), one source at a time; settles with the reply. @throws LiveStreamError */
  updateMedia(source: Source, change: SourceChange): Promise<void>
  /** Whether a device that was unplugged while in use is opened again when it is back. */
  readonly reacquireDevices: boolean
  readonly setTrack: SetTrack
  /** Whether there is WebRTC to send media with. */
  hasWebRtc(): boolean
  /** `tracks()` has changed. */
  onChange(): void
  /** Something failed that no call waits for. */
  onError(source: Source, error: LiveStreamError): void
  onDevices(devices: readonly MediaDeviceInfo[]): void
}

/** The client's own media: captures, publishes, mutes and shares. It does not know links or the store. */
export class LocalMedia {
  readonly #ports: LocalMediaPorts
  readonly #requests: DeviceRequests
  readonly #devices: Devices
  readonly #sources: Readonly<Record<Source, LocalSource>>
  readonly #screen: ScreenShare
  #self: Pick<Participant, 'role' | 'sources'> | null = null
  #allowed: readonly Source[] = []

  constructor(ports: LocalMediaPorts) {
    this.#ports = ports
    this.#requests = new DeviceRequests(ports)
    this.#devices = new Devices(ports, {
      seen: (devices) => void this.#takeLost(devices),
      changed: ports.onDevices,
    })
    this.#sources = perSource((source) => this.#source(source))
    const { screen, screenAudio } = this.#sources
    this.#screen = new ScreenShare(ports, screen, screenAudio, (error) =>
      ports.onError('screenAudio', deviceError('screenAudio', error)),
    )
  }

  async publish(options: PublishOptions): Promise<void> {
    const { muted = false } = options
    const asked = (['camera', 'microphone'] as const).filter((source) => options[source])
    for (const source of asked) this.#check(source)
    const isMuted = (source: DeviceSource) => (typeof muted === 'boolean' ? muted : muted.includes(source))
    const opened = asked.filter((source) => this.#opens(source, options[source], isMuted(source)))
    const acquires = this.#requests.open(Object.fromEntries(opened.map((source) => [source, options[source]])))
    const results = await Promise.allSettled(
      asked.map((source) => this.#publish(source, options[source], acquires[source], isMuted(source))),
    )
    void this.#devices.refresh()
    const [first, ...others] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    if (first) throw together([first, ...others])
  }

  async unpublish(...sources: Source[]): Promise<void> {
    const given = sources.length === 0 ? SOURCES : sources
    if (given.includes('screen')) this.#screen.cancel()
    await Promise.all(given.map((source) => this.#sources[source].unpublish()))
  }

  mute(source: Source): Promise<void> {
    return this.#sources[source].mute()
  }

  unmute(source: Source): Promise<void> {
    return this.#sources[source].unmute()
  }

  async switchDevice(source: DeviceSource, deviceId: string): Promise<void> {
    const local = this.#sources[source]
    await local.published.catch(() => {})
    const isOpen =
      local.slot.phase.type === 'published' && (local.slot.phase.capture !== null || local.slot.phase.lost !== false)
    if (!isOpen) return this.#requests.prefer(source, deviceId)
    await local.publish(this.#requests.exactly(source, deviceId))
  }

  async shareScreen(options: ShareScreenOptions = {}): Promise<void> {
    this.#check('screen')
    await this.#screen.start(options, this.#allowed.includes('screenAudio'))
  }

  stopScreen(): Promise<void> {
    return this.#screen.stop()
  }

  devices(): Promise<readonly MediaDeviceInfo[]> {
    return this.#devices.list()
  }

  /** For the self view: the captured tracks, without pictures that are muted. */
  tracks(): SlotTracks {
    return perSource((source) => this.#sources[source].slot.shown)
  }

  /**
   * To be called with each new state of the room, before the reply of a command settles; with null when the room is left. Obeys a
   * moderator's mute. Ends captures at once that the role or the room's mode no longer allow.
   */
  applyRemoteState(self: Pick<Participant, 'role' | 'sources'> | null, allowed: readonly Source[]): void {
    this.#self = self
    this.#allowed = self && isOnStage(self.role) ? allowed : []
    if (self) this.#devices.watch()
    else this.#devices.unwatch()
    for (const source of SOURCES) {
      if (self) this.#sources[source].applyRemoteState(self.sources[source])
      if (!this.#allowed.includes(source)) this.#sources[source].drop()
    }
    if (!this.#allowed.includes('screen')) this.#screen.cancel()
  }

  /** Tells the room what it does not know of our media: after a rejoin, or in a new instance. Settles with its replies. */
  async resync(): Promise<void> {
    await Promise.all(SOURCES.map((source) => this.#sources[source].resync()))
  }

  #source(source: Source): LocalSource {
    const { clock, setTrack, updateMedia, onChange, onError } = this.#ports
    return new LocalSource({
      source,
      clock,
      access: this.#ports,
      devices: this.#requests,
      setTrack,
      updateMedia: (change) => updateMedia(source, change),
      onChange,
      onEnded: () => {
        if (source === 'screen') this.stopScreen().catch(() => {})
      },
      onError: (error) => onError(source, error),
    })
  }

  /** Whether an input needs a capture now: it may be open already, and a muted camera is opened by `unmute`. */
  #opens(source: DeviceSource, input: PublishInput = false, isMuted: boolean): boolean {
    const { isUp, slot } = this.#sources[source]
    const rests = source === 'camera' && !isTrack(input) && (isMuted || (slot.phase.type !== 'off' && slot.phase.muted))
    return !rests && !(input === true && isUp)
  }

  async #publish(source: DeviceSource, input: PublishInput = false, acquire: Acquire | undefined, isMuted: boolean) {
    const local = this.#sources[source]
    if (acquire) return local.publish(acquire, isMuted)
    if (input === true && local.isUp) {
      await Promise.all([isMuted && local.mute(), local.join()])
      return
    }
    if (typeof input === 'object' && !isTrack(input)) this.#requests.prepare(source, input)
    return local.publish(null, isMuted)
  }

  /** Opens lost devices that are back, if the browser shows no prompt for them. */
  async #takeLost(devices: readonly MediaDeviceInfo[]): Promise<void> {
    if (!this.#ports.reacquireDevices) return
    for (const [source, kind] of [
      ['microphone', 'audioinput'],
      ['camera', 'videoinput'],
    ] as const) {
      const { loss } = this.#sources[source]
      const isBack = devices.some((device) => device.kind === kind && device.deviceId === loss.deviceId)
      if (!isBack) continue
      const state = (await this.#ports.permission(source)) ?? 'granted'
      if (state === 'granted') loss.deviceIsBack()
    }
  }

  #check(source: Source): void {
    if (!this.#self) throw new LiveStreamError('not_joined', 'Join the room before publishing.')
    if (!isOnStage(this.#self.role))
      throw new LiveStreamError('forbidden', 'Viewers do not publish: ask for the stage.')
    if (!this.#allowed.includes(source)) {
      throw new LiveStreamError('source_not_allowed', `This room takes ${this.#allowed.join(', ')}.`)
    }
    if (!this.#ports.hasWebRtc()) throw noWebRtc()
  }
}
