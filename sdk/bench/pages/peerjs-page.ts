// PeerJS as its own documentation shows it, with its own server. Names are given, so that it asks the server for none.
import { Peer } from 'peerjs'
import type { Place } from './join-page'
import { capture, media, timed } from './timing'

const newPeer = (name: string, { port }: Place): Peer =>
  new Peer(name, { host: '127.0.0.1', port, path: '/', secure: false, config: { iceServers: [] } })

window.joinPage = {
  capture,
  host: async (place) => {
    const peer = newPeer(`${place.room}-host`, place)
    peer.on('call', (call) => call.answer(media()))
    await new Promise((resolve) => peer.on('open', resolve))
  },
  join: (place) =>
    timed((seen) => {
      const peer = newPeer(`${place.room}-newcomer`, place)
      peer.on('open', () => peer.call(`${place.room}-host`, media()).on('stream', seen))
    }),
}
