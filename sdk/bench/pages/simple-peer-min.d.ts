// simple-peer as its users get it, as far as the bench uses it.
declare module 'simple-peer/simplepeer.min.js' {
  export default class SimplePeer {
    constructor(options: { initiator: boolean; stream: MediaStream; config: RTCConfiguration })
    on(name: 'signal', listener: (signal: object) => void): void
    on(name: 'stream', listener: (stream: MediaStream) => void): void
    signal(signal: object): void
  }
}
