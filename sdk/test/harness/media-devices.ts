// A browser's camera, microphone and screen picker, played by hand.
import { type Deferred, deferred } from './media-deferred'

let serial = 0

/** A track that can end by itself, as when its device is unplugged; `stop()` fires no `ended`, as in browsers. */
export class FakeTrack extends EventTarget {
  readonly id = `track-${++serial}`
  enabled = true
  contentHint = ''
  muted = false
  readyState: MediaStreamTrackState = 'live'
  readonly kind: 'audio' | 'video'
  readonly deviceId: string

  constructor(kind: 'audio' | 'video', deviceId = '') {
    super()
    this.kind = kind
    this.deviceId = deviceId
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId }
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** The device goes away, or the browser's own button ends it. */
  end(): void {
    if (this.readyState === 'ended') return
    this.readyState = 'ended'
    this.dispatchEvent(new Event('ended'))
  }

  interrupt(now: boolean): void {
    this.muted = now
    this.dispatchEvent(new Event(now ? 'mute' : 'unmute'))
  }
}

export const asTrack = (track: FakeTrack): MediaStreamTrack => track as unknown as MediaStreamTrack

export class FakeStream {
  #tracks: MediaStreamTrack[]

  constructor(tracks: MediaStreamTrack[] = []) {
    this.#tracks = [...tracks]
  }

  get active(): boolean {
    return this.#tracks.some((track) => track.readyState === 'live')
  }
  getTracks(): MediaStreamTrack[] {
    return [...this.#tracks]
  }
  getAudioTracks(): MediaStreamTrack[] {
    return this.#tracks.filter((track) => track.kind === 'audio')
  }
  getVideoTracks(): MediaStreamTrack[] {
    return this.#tracks.filter((track) => track.kind === 'video')
  }
  addTrack(track: MediaStreamTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track)
  }
  removeTrack(track: MediaStreamTrack): void {
    this.#tracks = this.#tracks.filter((each) => each !== track)
  }
}

/** One call of `getUserMedia` or `getDisplayMedia`, as a prompt that the test answers. */
export type Prompt = {
  readonly constraints: MediaStreamConstraints
  readonly isOpen: boolean
  /** Gives the tracks asked for, of the device named by the constraints, else of the default one; fails as that device does. */
  allow(): FakeTrack[]
  refuse(name: string, message?: string): void
}

/** Answers prompts by hand, or with `answer` as soon as they come. */
export class FakeMediaDevices extends EventTarget {
  readonly tracks: FakeTrack[] = []
  readonly prompts: Prompt[] = []
  /** How each prompt is answered; without it the test answers `prompts`. */
  answer: ((prompt: Prompt) => void) | undefined = (prompt) => void prompt.allow()
  list: Partial<MediaDeviceInfo>[] = []
  /** Devices that are not there. */
  readonly gone = new Set<string>()
  /** Devices that cannot be opened, and the name of the error that says so. */
  readonly faults = new Map<string, string>()
  supported: Record<string, boolean> = {}
  /** Whether the screen picker gives sound where it is asked for. */
  screenHasSound = true

  get asDevices(): MediaDevices {
    return this as unknown as MediaDevices
  }

  get live(): FakeTrack[] {
    return this.tracks.filter((track) => track.readyState === 'live')
  }

  get openPrompts(): Prompt[] {
    return this.prompts.filter((prompt) => prompt.isOpen)
  }

  getSupportedConstraints(): Record<string, boolean> {
    return this.supported
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return this.list as MediaDeviceInfo[]
  }

  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return this.#prompt(constraints, () => {
      const tracks: FakeTrack[] = []
      if (constraints.audio) tracks.push(new FakeTrack('audio', this.#pick(constraints.audio, 'default-microphone')))
      if (constraints.video) tracks.push(new FakeTrack('video', this.#pick(constraints.video, 'default-camera')))
      return tracks
    })
  }

  /** The device goes away: its tracks end, and nothing finds it any more. */
  unplug(deviceId: string): void {
    this.gone.add(deviceId)
    this.list = this.list.filter((each) => each.deviceId !== deviceId)
    for (const track of this.live) if (track.deviceId === deviceId) track.end()
  }

  /** It is back, and the browser says so. */
  plug(deviceId: string, kind: MediaDeviceKind): void {
    this.gone.delete(deviceId)
    this.list = [...this.list.filter((each) => each.deviceId !== deviceId), { deviceId, kind, label: deviceId }]
    this.dispatchEvent(new Event('devicechange'))
  }

  /** @throws DOMException as browsers do */
  #pick(constraints: true | MediaTrackConstraints, otherwise: string): string {
    const wish = namedBy(constraints)
    if (wish?.isExact && this.gone.has(wish.deviceId)) throw new DOMException(wish.deviceId, 'OverconstrainedError')
    const deviceId = wish === undefined || this.gone.has(wish.deviceId) ? otherwise : wish.deviceId
    if (this.gone.has(deviceId)) throw new DOMException(deviceId, 'NotFoundError')
    const fault = this.faults.get(deviceId)
    if (fault !== undefined) throw new DOMException(deviceId, fault)
    return deviceId
  }

  getDisplayMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return this.#prompt(constraints, () => {
      const picture = new FakeTrack('video')
      return constraints.audio && this.screenHasSound ? [picture, new FakeTrack('audio')] : [picture]
    })
  }

  #prompt(constraints: MediaStreamConstraints, make: () => FakeTrack[]): Promise<MediaStream> {
    const stream: Deferred<MediaStream> = deferred()
    let isOpen = true
    const prompt: Prompt = {
      constraints,
      get isOpen() {
        return isOpen
      },
      allow: () => {
        isOpen = false
        try {
          const tracks = make()
          this.tracks.push(...tracks)
          stream.resolve(new FakeStream(tracks.map(asTrack)) as unknown as MediaStream)
          return tracks
        } catch (error) {
          stream.reject(error)
          return []
        }
      },
      refuse: (name, message = name) => {
        isOpen = false
        stream.reject(new DOMException(message, name))
      },
    }
    this.prompts.push(prompt)
    this.answer?.(prompt)
    return stream.promise
  }
}

type Wish = { readonly deviceId: string; readonly isExact: boolean }

/** The device that constraints name, by its id or by the side of a phone. */
function namedBy(constraints: true | MediaTrackConstraints): Wish | undefined {
  if (constraints === true) return undefined
  const byId = soundOf(constraints.deviceId)
  const bySide = soundOf(constraints.facingMode)
  const side = bySide && { ...bySide, deviceId: bySide.deviceId === 'environment' ? 'rear' : 'front' }
  // Where both are only wished for, browsers are free: here the side wins, which is the worse case.
  return byId?.isExact ? byId : (side ?? byId)
}

function soundOf(value: ConstrainDOMString | undefined): Wish | undefined {
  if (typeof value === 'string') return { deviceId: value, isExact: false }
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const id = value.exact ?? value.ideal
  return typeof id === 'string' ? { deviceId: id, isExact: value.exact !== undefined } : undefined
}
