// The room as one's own media meets it: a server that folds `media.update`, a moderator, and links that carry it.
import { LiveStreamError } from '../../src/errors'
import { LocalMedia } from '../../src/media/local-media'
import { BLACK_FRAME_MS } from '../../src/media/slot-output'
import {
  MODES,
  NO_SOURCES,
  type Role,
  type Source,
  type SourceChange,
  type SourceStates,
  UNPUBLISHED,
} from '../../src/protocol'
import { FakeClock } from './fake-clock'
import { type Deferred, deferred } from './media-deferred'
import { FakeMediaDevices } from './media-devices'

type Announcement = { readonly source: Source; readonly change: SourceChange; readonly reply: Deferred<void> }

export class MediaRoom {
  readonly devices = new FakeMediaDevices()
  readonly clock = new FakeClock()
  readonly media: LocalMedia
  /** What the room knows, as its participants see it. */
  sources: SourceStates = NO_SOURCES
  role: Role = 'host'
  /** What links carry. */
  readonly sent: Record<Source, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
    screen: null,
    screenAudio: null,
  }
  readonly errors: { source: Source; error: LiveStreamError }[] = []
  readonly deviceLists: (readonly MediaDeviceInfo[])[] = []
  readonly pending: Announcement[] = []
  readonly announced: Partial<Record<Source, SourceChange>>[] = []
  /** Whether replies come by themselves. */
  repliesAtOnce = true
  /** When links have taken what is set. */
  linksAreThrough: Promise<void> = Promise.resolve()
  isSecure = true
  hasDevices = true
  isFramed = false
  /** What the page's policy says of each source; undefined: a browser that does not tell. */
  policy: Partial<Record<Source, boolean>> | undefined
  /** What the browser remembers of answers; where it tells nothing there is no entry. */
  permissions: { [S in Source]?: PermissionState | undefined } = {}
  changes = 0

  constructor({ reacquireDevices = true } = {}) {
    this.media = new LocalMedia({
      mediaDevices: () => (this.hasDevices ? this.devices.asDevices : undefined),
      isSecureContext: () => this.isSecure,
      policyAllows: (source) => this.policy?.[source] ?? (this.policy && true),
      permission: async (source) => this.permissions[source],
      isFramed: () => this.isFramed,
      reacquireDevices,
      hasWebRtc: () => true,
      clock: this.clock,
      updateMedia: (source, change) => this.#announce(source, change),
      setTrack: async (source, track) => {
        this.sent[source] = track
        await this.linksAreThrough
      },
      onChange: () => {
        this.changes++
      },
      onError: (source, error) => this.errors.push({ source, error }),
      onDevices: (list) => this.deviceLists.push(list),
    })
    this.fold()
  }

  /** Tells the media what the room is now, as the client does after every event. */
  fold(mode = MODES.studio.sources): void {
    this.media.applyRemoteState({ role: this.role, sources: this.sources }, mode)
  }

  leave(): void {
    this.media.applyRemoteState(null, [])
  }

  /** What our own media still has to tell the room: nothing where the two agree. */
  untold(): unknown[] {
    const { length } = this.announced
    void this.media.resync()
    return this.announced.slice(length)
  }

  /** The pictures that are being faded out are gone. */
  endFades(): void {
    this.clock.advance(BLACK_FRAME_MS)
  }

  /** Answers the oldest announcement: the event first, then the reply. */
  accept(): void {
    const next = this.pending.shift()
    if (!next) throw new Error('nothing was announced')
    if (next.change.published && this.role === 'viewer')
      return next.reply.reject(new LiveStreamError('forbidden', 'not on stage'))
    this.#commit(next)
    next.reply.resolve()
  }

  refuse(error: LiveStreamError): void {
    const next = this.pending.shift()
    if (!next) throw new Error('nothing was announced')
    next.reply.reject(error)
  }

  moderatorMutes(source: Source): void {
    if (!this.sources[source].published) return
    this.sources = { ...this.sources, [source]: { ...this.sources[source], muted: true } }
    this.fold()
  }

  changeRole(role: Role): void {
    if (role === 'viewer') {
      this.sources = NO_SOURCES
      this.fold()
    }
    this.role = role
    this.fold()
  }

  #announce(source: Source, change: SourceChange): Promise<void> {
    this.announced.push({ [source]: change })
    const reply = deferred<void>()
    this.pending.push({ source, change, reply })
    if (this.repliesAtOnce) this.accept()
    return reply.promise
  }

  #commit({ source, change }: Announcement): void {
    const next = { ...this.sources[source], ...change }
    this.sources = { ...this.sources, [source]: next.published ? next : UNPUBLISHED }
    this.fold()
  }
}
