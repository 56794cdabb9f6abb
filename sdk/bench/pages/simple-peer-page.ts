// simple-peer as its own documentation shows it, over a bare socket.
import SimplePeer from 'simple-peer/simplepeer.min.js'
import type { JoinTarget } from './join-page'
import { openRelay } from './relay'
import { capture, media, timed } from './timing'

const newPeer = (initiator: boolean): SimplePeer =>
  new SimplePeer({ initiator, stream: media(), config: { iceServers: [] } })

window.joinPage = {
  capture,
  host: async (target) => {
    let peer: SimplePeer | undefined
    const relay = openRelay<object>(urlOf(target), (signal) => {
      if (peer === undefined) {
        peer = newPeer(false)
        peer.on('signal', relay.send)
      }
      peer.signal(signal)
    })
    await relay.opened
  },
  join: (target) =>
    timed((seen) => {
      const relay = openRelay<object>(urlOf(target), (signal) => peer.signal(signal))
      const peer = newPeer(true)
      peer.on('signal', relay.send)
      peer.on('stream', seen)
    }),
}

const urlOf = ({ port, room }: JoinTarget): string => `ws://127.0.0.1:${port}/${room}`
