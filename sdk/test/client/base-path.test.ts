import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createTestServer } from '../../../server/src/testing/index'
import { LiveStreamClient } from '../../src/index'
import type { WebSocketConstructor } from '../../src/signaling/socket'

test.each(['', '/', '//'])('a url has a path where the server has one, and %j at its end', async (end) => {
  const server = await createTestServer({ basePath: '/live' })
  onTestFinished(() => server.close())
  const token = await server.token({ room: 'hall', identity: 'ada', role: 'host' })
  const url = server.url + end
  const client = new LiveStreamClient({ url, room: 'hall', token, WebSocket: WebSocket as WebSocketConstructor })
  onTestFinished(() => client.leave())
  await client.join()
  expect(client.state.self?.role).toBe('host')
})

test.each(['?token=secret', '/live?token=secret', '/live/#secret'])(
  'a url with more than a path is rejected, and not repeated: %s',
  (rest) => {
    const make = () => new LiveStreamClient({ url: `wss://example.com${rest}`, room: 'hall' })
    expect(make).toThrow(/^url must be like "wss:\/\/live\.example\.com"\.$/)
  },
)
