// Trystero, with the WebSocket strategy that its own documentation shows.
import { createTopicStrategy, toJson } from '@trystero-p2p/core'
import type { JoinTarget } from './join-page'
import { capture, media, timed } from './timing'

type Published = { readonly topic: string; readonly payload: string }

let announced = () => {}
/** It is in its room once it tells of itself. */
const isThere = new Promise<void>((resolve) => {
  announced = resolve
})

const joinRoom = createTopicStrategy<WebSocket>({
  init: ({ relayConfig }) =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(relayConfig?.urls?.[0] ?? '')
      socket.onopen = () => resolve(socket)
      socket.onerror = reject
    }),
  subscribeTopic: (socket, topic, onMessage) => {
    const onSocketMessage = ({ data }: MessageEvent): void => {
      const message: Published = JSON.parse(String(data))
      if (message.topic === topic) void onMessage(message.topic, message.payload)
    }
    socket.addEventListener('message', onSocketMessage)
    socket.send(toJson({ type: 'subscribe', topic }))
    return () => {
      socket.send(toJson({ type: 'unsubscribe', topic }))
      socket.removeEventListener('message', onSocketMessage)
    }
  },
  publishTopic: (socket, topic, payload) => {
    socket.send(toJson({ type: 'publish', topic, payload }))
    announced()
  },
})

const enter = ({ port, room }: JoinTarget) =>
  joinRoom(
    { appId: 'bench', relayConfig: { urls: [`ws://127.0.0.1:${port}/topics`] }, rtcConfig: { iceServers: [] } },
    room,
  )

window.joinPage = {
  capture,
  host: async (target) => {
    const room = enter(target)
    room.onPeerJoin = (id) => void room.addStream(media(), { target: id })
    await isThere
  },
  join: (target) =>
    timed((seen) => {
      const room = enter(target)
      room.onPeerStream = seen
      room.onPeerJoin = (id) => void room.addStream(media(), { target: id })
    }),
}
