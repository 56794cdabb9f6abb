// PeerJS as its own documentation shows it, with its own server. Names are given, so that it asks the server for none.
import { Peer } from 'peerjs'
import type { JoinTarget } from './join-page'
import { capture, media, timed } from './timing'

const newPeer = (name: string, { port }: JoinTarget): Peer =>
  new Peer(name, { host: '127.0.0.1', port, path: '/', secure: false, config: { iceServers: [] } })

window.joinPage = {
  capture,
  host: async (target) => {
    const peer = newPeer(`${target.room}-host`, target)
    peer.on('call', (call) => call.answer(media()))
    await new Promise((resolve) => peer.on('open', resolve))
  },
  join: (target) =>
    timed((seen) => {
      const peer = newPeer(`${target.room}-newcomer`, target)
      peer.on('open', () => peer.call(`${target.room}-host`, media()).on('stream', seen))
    }),
}
