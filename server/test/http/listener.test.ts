import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { runServer } from '../harness/running-server'

/** All that comes back for some raw bytes. */
async function answerTo(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (data) => {
    text += data
  })
  socket.end(request)
  await once(socket, 'close')
  return text
}

test.each(['/livez', '/readyz', '/metrics'])(
  'a health check by HTTP/1.0 that names no host is answered: %s',
  async (path) => {
    const { url } = await runServer()
    expect(await answerTo(url, `GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.[01] 200 /)
  },
)

test('who names no host is not local in dev mode', async () => {
  const { url } = await runServer({ dev: true })
  expect(await answerTo(url, 'GET /dev/token?room=hall&identity=eve HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.[01] 403 /)
})
