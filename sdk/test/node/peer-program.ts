// One peer of a pair. Signals go through the parent. `offerer` or `answerer`, and `media` or `bare`, by its arguments.
import wrtc from '@roamhq/wrtc'
import { EMPTY_SLOTS } from '../../src/peering/media-transport'
import { simplePeerTransport } from '../../src/peering/simple-peer'
import { systemClock } from '../../src/ports/clock'
import type { SignalBody } from '../../src/protocol'
import { leave } from './leave'
import { GeneratedMedia, nodeWebRtc } from './wrtc-media'

export type PeerUp =
  | { kind: 'signal'; body: SignalBody }
  | { kind: 'connected' }
  | { kind: 'frames'; width: number; height: number }
  | { kind: 'failed'; reason: string }
  | { kind: 'closed'; timers: number }
export type PeerDown = { kind: 'signal'; body: SignalBody } | { kind: 'close' }

const ENOUGH_FRAMES = 5

const [, , role, load] = process.argv
const media = new GeneratedMedia()
const sinks: { stop(): void }[] = []
const tell = (message: PeerUp) => process.send?.(message)

const transport = simplePeerTransport(
  nodeWebRtc,
  systemClock,
)({
  offerer: role === 'offerer',
  tracks: load === 'media' ? { ...EMPTY_SLOTS, camera: media.track('video') } : EMPTY_SLOTS,
  iceServers: [],
  iceTransportPolicy: 'all',
  certificate: undefined,
  events: {
    signal: (body) => tell({ kind: 'signal', body }),
    track: (source, track) => {
      if (source === 'camera' && load === 'media') watch(track)
    },
    advanced: () => undefined,
    connected: () => tell({ kind: 'connected' }),
    failed: (reason) => tell({ kind: 'failed', reason }),
  },
})

process.on('message', (message: PeerDown) => {
  if (message.kind === 'signal') transport.accept(message.body)
  else close()
})

function watch(track: MediaStreamTrack): void {
  const sink = new wrtc.nonstandard.RTCVideoSink(track)
  sinks.push(sink)
  let frames = 0
  sink.onframe = ({ frame }: { frame: { width: number; height: number } }) => {
    if (++frames === ENOUGH_FRAMES) tell({ kind: 'frames', width: frame.width, height: frame.height })
  }
}

function close(): void {
  media.stop()
  for (const sink of sinks) sink.stop()
  transport.close()
  // A turn later: what runs at once may still leave a timer behind.
  setImmediate(() => {
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    leave({ kind: 'closed', timers } satisfies PeerUp)
  })
}
