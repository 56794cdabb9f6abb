import { type Server, type ServerOptions, WebSocketServer } from 'ws'
import { ClientSocket } from '../socket/client-socket'
import { answeredProtocol } from './hello'

/** How long a closing socket may take to answer the close before it is cut. */
const CLOSE_TIMEOUT_MS = 2000

/** @throws Error when the installed `ws` does not know how to bound fragments: it would ignore our options without an error. */
export function assertModernWs(defaults: object): void {
  if ('maxFragments' in defaults && 'maxBufferedChunks' in defaults) return
  throw new Error('The installed ws cannot bound the fragments of a message: version 8.21 or newer is needed.')
}

/** What turns an upgrade into a WebSocket. `maxPayload`: bytes of one upward frame; a longer one is closed with 1009. */
export function createSocketServer(maxPayload: number): Server<typeof ClientSocket> {
  assertModernWs(new WebSocketServer({ noServer: true }).options)
  const options: ServerOptions<typeof ClientSocket> & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    // Compression costs memory for each socket and allows compression bombs; a room's messages are small.
    perMessageDeflate: false,
    maxPayload,
    maxFragments: 64,
    maxBufferedChunks: 4096,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: answeredProtocol,
    WebSocket: ClientSocket,
  }
  return new WebSocketServer(options)
}
