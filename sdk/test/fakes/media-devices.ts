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
  /** Gives the tracks asked for, of the device named by the constraints, else of the default one. */
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
      if (constraints.audio) tracks.push(new FakeTrack('audio', deviceOf(constraints.audio, 'default-microphone')))
      if (constraints.video) tracks.push(new FakeTrack('video', deviceOf(constraints.video, 'default-camera')))
      return tracks
    })
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
        const tracks = make()
        this.tracks.push(...tracks)
        stream.resolve(new FakeStream(tracks.map(asTrack)) as unknown as MediaStream)
        return tracks
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

function deviceOf(constraints: true | MediaTrackConstraints, otherwise: string): string {
  const asked = constraints === true ? undefined : constraints.deviceId
  if (typeof asked !== 'object' || Array.isArray(asked)) return otherwise
  const id = asked.exact ?? asked.ideal
  return typeof id === 'string' ? id : otherwise
}
