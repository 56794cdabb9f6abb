// A floor: bare sockets of the package that ours stands on, and nothing but rooms. With the argument `batched` it gathers what
// a room gets in one turn of the event loop into one frame, as ours does.
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { serveMeasured } from '../usage'

type Room = { readonly sockets: Set<WebSocket>; queued: string[] }

const isBatched = process.argv[2] === 'batched'
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
const rooms = new Map<string, Room>()
let lastId = 0

server.on('connection', (socket, request) => {
  const from = `s${++lastId}`
  const room = roomOf(request.url ?? '')
  room.sockets.add(socket)
  socket.on('close', () => room.sockets.delete(socket))
  socket.on('message', (data) => {
    const { text }: { text: string } = JSON.parse(String(data))
    const message = JSON.stringify({ type: 'chat', from, at: Date.now(), text })
    if (isBatched) queue(room, message)
    else for (const each of room.sockets) each.send(message)
  })
  socket.send('{"type":"welcome"}')
})

function roomOf(url: string): Room {
  const room = rooms.get(url) ?? { sockets: new Set(), queued: [] }
  rooms.set(url, room)
  return room
}

function queue(room: Room, message: string): void {
  if (room.queued.push(message) > 1) return
  setImmediate(() => {
    const frame = Buffer.from(`[${room.queued.join(',')}]`)
    room.queued = []
    for (const each of room.sockets) each.send(frame, { binary: false })
  })
}

serveMeasured(() => (server.address() as AddressInfo).port)
