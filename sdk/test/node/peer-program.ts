// One peer of a pair. Signals go through the parent. `offerer` or `answerer`, and `media` or `bare`, by its arguments.
import wrtc from '@roamhq/wrtc'
import { EMPTY_SLOTS } from '../../src/peering/media-transport'
import { simplePeerTransport } from '../../src/peering/simple-peer'
import { systemClock } from '../../src/ports/clock'
import type { SignalBody } from '../../src/protocol'
import { leave } from './leave'
import { GeneratedMedia, nodeWebRtc } from './wrtc-media'

export type PeerUp =
  | { type: 'signal'; body: SignalBody }
  | { type: 'connected' }
  | { type: 'frames'; width: number; height: number }
  | { type: 'failed'; reason: string }
  | { type: 'closed'; timers: number }
export type PeerDown = { type: 'signal'; body: SignalBody } | { type: 'close' }

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
    signal: (body) => tell({ type: 'signal', body }),
    track: (source, track) => {
      if (source === 'camera' && load === 'media') watch(track)
    },
    advanced: () => undefined,
    path: () => undefined,
    connected: () => tell({ type: 'connected' }),
    failed: (reason) => tell({ type: 'failed', reason }),
  },
})

process.on('message', (message: PeerDown) => {
  if (message.type === 'signal') transport.accept(message.body)
  else close()
})

function watch(track: MediaStreamTrack): void {
  const sink = new wrtc.nonstandard.RTCVideoSink(track)
  sinks.push(sink)
  let frames = 0
  sink.onframe = ({ frame }: { frame: { width: number; height: number } }) => {
    if (++frames === ENOUGH_FRAMES) tell({ type: 'frames', width: frame.width, height: frame.height })
  }
}

function close(): void {
  media.stop()
  for (const sink of sinks) sink.stop()
  transport.close()
  // A turn later: what runs at once may still leave a timer behind.
  setImmediate(() => {
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    leave({ type: 'closed', timers } satisfies PeerUp)
  })
}
