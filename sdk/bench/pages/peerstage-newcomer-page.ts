// Ours: real clients on both sides. Those in the room see the newcomer alone.
import { socketThatShows } from './hiding-socket'
import type { Room } from './newcomer-page'
import { picture } from './picture'
import { firstFrame } from './timing'

const placeOf = ({ port, room }: Room) => ({ url: `ws://127.0.0.1:${port}`, room, iceServers: [] })

window.newcomerPage = {
  fill: async (room) => {
    const camera = picture()
    const WebSocket = socketThatShows(room.newcomer)
    for (const token of room.tokens.slice(0, room.members)) {
      const client = new window.Peerstage.LiveStreamClient({ ...placeOf(room), token, WebSocket })
      await client.join()
      await client.media.publish({ camera })
    }
  },
  come: async (room) => {
    const began = performance.now()
    const token = room.tokens.at(-1) ?? ''
    const client = new window.Peerstage.LiveStreamClient({ ...placeOf(room), token })
    const frames: Promise<number>[] = []
    await new Promise<void>((resolve) => {
      client.on('trackAdded', ({ track }) => {
        if (track.kind === 'video') frames.push(firstFrame(new MediaStream([track])))
        if (frames.length === room.members) resolve()
      })
      void client.join()
    })
    return Math.max(...(await Promise.all(frames))) - began
  },
}
