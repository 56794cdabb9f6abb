// A socket lives for hours. Nothing of its upgrade may live as long: the request has the header with the token.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { queryObjects } from 'node:v8'
import { expect, onTestFinished, test } from 'vitest'
import { makeServer, visitorsOf } from '../harness/running-server'

test('the request of an upgrade is forgotten once its client is in the room', async () => {
  const http = createServer()
  const requests: WeakRef<IncomingMessage>[] = []
  http.on('upgrade', (request) => requests.push(new WeakRef(request)))
  const server = makeServer({})
  server.attach(http)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await server.close({ deadlineMs: 0 })
    http.close()
  })
  const { enter } = visitorsOf(server, `http://127.0.0.1:${(http.address() as AddressInfo).port}`)
  const clients = await Promise.all(['ada', 'bob', 'cy'].map((identity) => enter('hall', identity)))
  for (const client of clients) await client.welcome()
  expect(requests).toHaveLength(3)
  // Each look collects garbage first.
  const remembered = () => {
    queryObjects(WeakRef, { format: 'count' })
    return requests.filter((request) => request.deref() !== undefined).length
  }
  await expect.poll(remembered).toBe(0)
})
