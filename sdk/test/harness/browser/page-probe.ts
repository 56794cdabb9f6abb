// Runs in the page before anything else: remembers what WebRTC did there, so that a test can ask.

export type Probe = {
  /** Every connection that ever got a remote description. */
  connections: RTCPeerConnection[]
  /** How often each got one. More than once is a renegotiation. */
  descriptions: Map<RTCPeerConnection, number>
  /** Every event of the client, by name, in order. */
  events: { name: string; payload: Record<string, unknown> }[]
  /** Errors and rejections that were not caught. */
  uncaught: string[]
}

declare global {
  interface Window {
    probe: Probe
  }
}

export function installProbe(): void {
  const probe: Probe = { connections: [], descriptions: new Map(), events: [], uncaught: [] }
  window.probe = probe
  window.addEventListener('error', (event) => probe.uncaught.push(String(event.message)))
  window.addEventListener('unhandledrejection', (event) => probe.uncaught.push(String(event.reason)))
  // The modern form alone: no code here passes callbacks.
  const native: (description: RTCSessionDescriptionInit) => Promise<void> =
    RTCPeerConnection.prototype.setRemoteDescription
  RTCPeerConnection.prototype.setRemoteDescription = function (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) {
    const before = probe.descriptions.get(this)
    if (before === undefined) probe.connections.push(this)
    probe.descriptions.set(this, (before ?? 0) + 1)
    return native.call(this, description)
  }
}
