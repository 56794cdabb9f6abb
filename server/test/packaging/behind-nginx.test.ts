// A real nginx, with the lines that docs/deployment.md gives, in front of the server.
import { encodeHello, MAX_HELLO_CHARACTERS } from '@peerstage/sdk/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { Daemon, settingsOfDocs } from '../../../sdk/test/harness/browser/daemon'
import { createPeerstageServer, type PeerstageServerOptions, signToken } from '../../src/index'
import { LARGE_HELLO, largestToken } from '../harness/largest-hello'
import { TestClient } from '../harness/test-client'

const SECRET = 'a secret of the tests, long enough to be one'

/** Answers with the server, and where nginx is. */
async function behindNginx(options: Partial<PeerstageServerOptions> = {}) {
  const server = createPeerstageServer({ auth: { secret: SECRET }, iceServers: [], logLevel: 'silent', ...options })
  onTestFinished(() => server.close({ deadlineMs: 0 }))
  const { url } = await server.listen(0, '127.0.0.1')
  const location = (await settingsOfDocs('```nginx')).join('\n').replace('http://127.0.0.1:8080', url)
  // The same under another path, as the page says: the slash takes the path off.
  const moved = location.replace('/v1/rooms/', '/live/').replace(`${url};`, `${url}/;`)
  const nginx = await Daemon.start({
    program: 'nginx',
    debian: 'nginx',
    settings: (port, folder) => `
      daemon off; pid ${folder}/pid; error_log stderr; events {}
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join(' ')}
        server { listen 127.0.0.1:${port}; ${location} ${moved} }
      }`,
    args: (file) => ['-c', file, '-e', 'stderr'],
  })
  onTestFinished(() => nginx.stop())
  return { server, url: `http://${nginx.address}` }
}

const tokenOf = (identity: string) => signToken({ secret: SECRET, room: 'hall', identity, role: 'guest' })

test.each(['', '/live'])('the largest hello passes at "%s", and so does the code of a drain', async (path) => {
  const { server, url } = await behindNginx()
  const client = new TestClient(url + path, 'hall', { token: largestToken(SECRET), ...LARGE_HELLO })
  expect(encodeHello(client.hello).length).toBeGreaterThan(MAX_HELLO_CHARACTERS - 10)
  await client.welcome()
  await client.ask({ type: 'chat.send', text: 'through the proxy' })
  void server.close()
  expect(await client.goodbye()).toMatchObject({ code: 'draining', close: 1012 })
})

test('with trustProxy 1 the word of nginx counts, and not what a client says of itself', async () => {
  const says = { 'X-Forwarded-For': '203.0.113.7' }
  const enter = async (url: string, identity: string) =>
    new TestClient(url, 'hall', { token: await tokenOf(identity), headers: says })
  const one = await behindNginx({ trustProxy: 1, maxSocketsPerAddress: 1 })
  for (const identity of ['ada', 'ben']) await (await enter(one.url, identity)).welcome()
  // One proxy more than there are: now the client's own word is believed.
  const two = await behindNginx({ trustProxy: 2, maxSocketsPerAddress: 1 })
  await (await enter(two.url, 'ada')).welcome()
  const rejected = await enter(two.url, 'ben')
  expect(await rejected.goodbye()).toMatchObject({ code: 'busy' })
})
