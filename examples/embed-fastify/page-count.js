// A WebSocket of the app's own, at /pages: tells every open page how many there are. It has nothing to do with the room.
import { WebSocketServer } from 'ws'

/** @param {import('node:http').Server} server */
export function countPages(server) {
  // Not `{ server, path }`: so made, ws would refuse all upgrades of other paths, and those of the room with them.
  const pages = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/pages') pages.handleUpgrade(request, socket, head, welcome)
    // Peerstage answers under /v1/rooms/. What nobody answers would stay open.
    else if (!request.url?.startsWith('/v1/rooms/')) socket.destroy()
  })

  /** @param {import('ws').WebSocket} page */
  function welcome(page) {
    page.on('close', tellAll)
    page.on('error', () => page.terminate())
    tellAll()
  }

  function tellAll() {
    for (const page of pages.clients) page.send(String(pages.clients.size))
  }
}
