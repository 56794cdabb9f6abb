// The least that signaling needs: what one sends goes to the others. At `/topics` to those that subscribed to its topic, elsewhere to
// all on the same path; a message that names an addressee goes to that one alone.
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { serveMeasured } from '../usage'

type Publication = { readonly type: string; readonly topic: string; readonly payload: unknown }
type Addressed = { readonly from?: string; readonly to?: string }

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
const topics = new Map<string, Set<WebSocket>>()
const rooms = new Map<string, Set<WebSocket>>()
const names = new Map<WebSocket, string>()

server.on('connection', (socket, { url = '' }) => {
  if (url === '/topics') return takePublications(socket)
  const room = membersOf(rooms, url)
  room.add(socket)
  socket.on('close', () => room.delete(socket))
  socket.on('message', (data) => {
    const text = String(data)
    const { from, to }: Addressed = JSON.parse(text)
    if (from !== undefined) names.set(socket, from)
    for (const each of room) if (each !== socket && (to === undefined || names.get(each) === to)) each.send(text)
  })
})

function takePublications(socket: WebSocket): void {
  socket.on('close', () => {
    for (const members of topics.values()) members.delete(socket)
  })
  socket.on('message', (data) => {
    const { type, topic, payload }: Publication = JSON.parse(String(data))
    const members = membersOf(topics, topic)
    if (type === 'subscribe') members.add(socket)
    else if (type === 'unsubscribe') members.delete(socket)
    else for (const each of members) if (each !== socket) each.send(JSON.stringify({ topic, payload }))
  })
}

function membersOf(all: Map<string, Set<WebSocket>>, name: string): Set<WebSocket> {
  const members = all.get(name) ?? new Set()
  all.set(name, members)
  return members
}

serveMeasured(() => (server.address() as AddressInfo).port)
