// Two transports joined by a signal pipe, with a record of all that they tell. Runs in a page, in Node, and on fakes.

import { EMPTY_SLOTS, type MediaTransport, type OpenTransport } from '../../src/peering/media-transport'
import type { SlotTracks } from '../../src/ports/participant-media'
import type { IceServer, SignalBody, Source } from '../../src/protocol'

export class End {
  readonly sent: SignalBody[] = []
  readonly tracks = new Map<Source, MediaStreamTrack>()
  /** Every event by its name, in order. */
  readonly events: string[] = []
  readonly transport: MediaTransport
  failure: string | undefined

  constructor(open: OpenTransport, options: EndOptions, deliver: (body: SignalBody, restarts: number) => void) {
    this.transport = open({
      offerer: options.offerer,
      tracks: { ...EMPTY_SLOTS, ...options.tracks },
      iceServers: options.iceServers ?? [],
      iceTransportPolicy: options.iceTransportPolicy ?? 'all',
      certificate: options.certificate,
      ...(options.begin === undefined ? {} : { begin: options.begin }),
      events: {
        signal: (body, restarts) => {
          this.events.push(restarts === 0 ? body.type : `${body.type} of restart ${restarts}`)
          this.sent.push(body)
          deliver(body, restarts)
        },
        track: (source, track) => {
          this.events.push(`track ${source}`)
          this.tracks.set(source, track)
        },
        advanced: () => this.events.push('advanced'),
        connected: () => this.events.push('connected'),
        path: (path) => this.events.push(`path ${path}`),
        failed: (reason) => {
          this.events.push('failed')
          this.failure = reason
        },
      },
    })
  }

  get connected(): boolean {
    return this.events.includes('connected')
  }
}

type EndOptions = {
  offerer: boolean
  tracks?: Partial<SlotTracks>
  iceServers?: readonly IceServer[] | undefined
  iceTransportPolicy?: RTCIceTransportPolicy | undefined
  certificate?: RTCCertificate | undefined
  begin?: Promise<void> | undefined
}

export type PairOptions = {
  /** What is published before the link starts. */
  offererTracks?: Partial<SlotTracks>
  answererTracks?: Partial<SlotTracks>
  certificate?: RTCCertificate | undefined
  /** What the offerer waits for. */
  begin?: Promise<void> | undefined
  iceServers?: readonly IceServer[]
  iceTransportPolicy?: RTCIceTransportPolicy
  /** What arrives at the other end for each signal that is sent; none, one or many. Default: the signal. */
  pipe?: (body: SignalBody, restarts: number) => readonly SignalBody[]
}

export class Pair {
  readonly offerer: End
  readonly answerer: End

  constructor(open: OpenTransport, options: PairOptions = {}) {
    const { pipe = (body) => [body], certificate, iceServers, iceTransportPolicy } = options
    const to = (end: () => End) => (body: SignalBody, restarts: number) => {
      // Over a wire: copied, and later.
      for (const each of pipe(body, restarts))
        queueMicrotask(() => end().transport.accept(structuredClone(each), restarts))
    }
    const both = { certificate, iceServers, iceTransportPolicy }
    this.answerer = new End(
      open,
      { ...both, offerer: false, tracks: options.answererTracks ?? {} },
      to(() => this.offerer),
    )
    this.offerer = new End(
      open,
      { ...both, offerer: true, begin: options.begin, tracks: options.offererTracks ?? {} },
      to(() => this.answerer),
    )
  }

  get ends(): readonly [End, End] {
    return [this.offerer, this.answerer]
  }

  get connected(): boolean {
    return this.ends.every((end) => end.connected)
  }

  close(): void {
    for (const end of this.ends) end.transport.close()
  }
}
