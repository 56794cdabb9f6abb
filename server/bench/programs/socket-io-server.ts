// The rival as its own documentation writes a chat: rooms, and what one says is emitted to all of the room.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { serveMeasured } from '../usage'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false })

io.on('connection', (socket) => {
  const room = String(socket.handshake.query.room)
  void socket.join(room)
  socket.on('chat', ({ text }: { text: string }) => {
    io.to(room).emit('chat', { from: socket.id, at: Date.now(), text })
  })
})

http.listen(0, '127.0.0.1')
serveMeasured(() => (http.address() as AddressInfo).port)
