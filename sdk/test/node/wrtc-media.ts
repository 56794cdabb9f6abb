// Generated media for Node, which has no devices.
import wrtc from '@roamhq/wrtc'
import type { WebRtc } from '../../src/peering/webrtc'

const { RTCAudioSource, RTCVideoSource } = wrtc.nonstandard

/** The package types itself as a fill-in for the browser's WebRTC, which is what it is. */
export const nodeWebRtc = wrtc as unknown as WebRtc

const WIDTH = 160
const HEIGHT = 120
const SAMPLE_RATE = 48_000

/** Tracks that never stop moving or sounding, until `stop()`. */
export class GeneratedMedia {
  readonly #stops: (() => void)[] = []

  track(kind: 'audio' | 'video'): MediaStreamTrack {
    return kind === 'video' ? this.#video() : this.#audio()
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  #video(): MediaStreamTrack {
    const source = new RTCVideoSource()
    let shade = 0
    const paint = () => {
      shade = (shade + 9) % 256
      const data = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(shade)
      source.onFrame({ width: WIDTH, height: HEIGHT, data })
    }
    return this.#run(source.createTrack(), paint, 50)
  }

  #audio(): MediaStreamTrack {
    const source = new RTCAudioSource()
    const samples = new Int16Array(SAMPLE_RATE / 100).map((_, i) => Math.sin(i / 10) * 8000)
    const sound = () =>
      source.onData({
        samples,
        sampleRate: SAMPLE_RATE,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: samples.length,
      })
    return this.#run(source.createTrack(), sound, 10)
  }

  #run(track: MediaStreamTrack, act: () => void, everyMs: number): MediaStreamTrack {
    const timer = setInterval(act, everyMs)
    this.#stops.push(() => {
      clearInterval(timer)
      track.stop()
    })
    return track
  }
}
