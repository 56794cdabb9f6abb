// Runs in the page: captures, and takes the times of a join, in the same way for all contestants.
import type { JoinTimes } from './join-page'

let connectedAt: number | undefined
watchConnections()

let stream: MediaStream | undefined

export async function capture(): Promise<void> {
  stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } })
}

/** What was captured. */
export function media(): MediaStream {
  if (stream === undefined) throw new Error('capture() comes first')
  return stream
}

/** Takes the times of a join: `start` calls `seen` with what the host sends. */
export async function timed(start: (seen: (stream: MediaStream) => void) => void): Promise<JoinTimes> {
  const began = performance.now()
  const host = await new Promise<MediaStream>((resolve) => start(resolve))
  const firstFrameAt = await firstFrame(host)
  return { firstFrameMs: firstFrameAt - began, connectedMs: (connectedAt ?? Number.NaN) - began }
}

/** When its first picture was shown. */
export function firstFrame(shown: MediaStream): Promise<number> {
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = shown
  document.body.append(video)
  void video.play()
  return new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now())))
}

/** Every connection of the page, however it is made. */
function watchConnections(): void {
  const Original = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') connectedAt ??= performance.now()
      })
    }
  }
}
