// The server that PeerJS comes with.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PeerServer } from 'peer'
import { serveMeasured } from '../usage'

const http = await new Promise<Server>((resolve) => {
  PeerServer({ port: 0, host: '127.0.0.1', path: '/' }, (server) => resolve(server as Server))
})
if (!http.listening) await once(http, 'listening')
serveMeasured(() => (http.address() as AddressInfo).port)
