// The app's own WebSocket, at /pages: it tells each open page how many pages are open. It is independent of the room.
import { WebSocketServer } from 'ws'

/** @param {import('node:http').Server} server */
export function countPages(server) {
  // Not `{ server, path }`: then ws would reject all upgrades on other paths, those of the room included.
  const pages = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/pages') pages.handleUpgrade(request, socket, head, welcome)
    // Peerstage answers under /v1/rooms/. A socket without an answer would stay open.
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
