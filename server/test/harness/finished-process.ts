// An app that has nothing left to do and never called `close` of its server: the process must exit. Argument: `signs` or `serves`.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPeerstageServer } from '../../src/index'
import { TestClient } from './test-client'

const live = createPeerstageServer({
  auth: { secret: 'a secret of the tests, long enough to be one' },
  logLevel: 'silent',
  // The process waits for the room to end.
  limits: { emptyRoomMs: 1000 },
})
const token = await live.tokens.sign({ room: 'hall', identity: 'ada', name: 'Ada' })
const server = createServer(live.requestListener)
live.attach(server)

if (process.argv[2] === 'serves') {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = new TestClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'hall', { token })
  await client.welcome()
  await client.ask({ type: 'leave' })
  await client.closed
  server.close()
}
console.log('done')
