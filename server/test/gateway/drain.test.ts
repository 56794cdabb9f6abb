import { expect, test } from 'vitest'
import { runServer } from './running-server'

test('a drain says goodbye to everybody, with a delay of its own for each, and ends', async () => {
  const { server, enter } = await runServer()
  const clients = await Promise.all(['ada', 'bob', 'eve'].map((identity) => enter('hall', identity, { role: 'host' })))
  await Promise.all(clients.map((client) => client.welcome()))
  const closing = server.close({ deadlineMs: 10_000 })
  const goodbyes = await Promise.all(clients.map((client) => client.goodbye()))
  await closing
  for (const goodbye of goodbyes) {
    expect(goodbye).toMatchObject({ code: 'draining', close: 1012 })
    expect(goodbye.retryAfterMs).toBeGreaterThanOrEqual(0)
    expect(goodbye.retryAfterMs).toBeLessThan(10_000)
  }
  expect(new Set(goodbyes.map((goodbye) => goodbye.retryAfterMs)).size).toBeGreaterThan(1)
})

test('a drain ends by its deadline though a client never answers the close', async () => {
  const { server, enter } = await runServer()
  const deaf = await enter('hall', 'deaf')
  await deaf.welcome()
  deaf.socket.pause()
  await server.close({ deadlineMs: 50 })
})

test('a server can be closed twice, and is closed once', async () => {
  const { server } = await runServer()
  await Promise.all([server.close({ deadlineMs: 0 }), server.close({ deadlineMs: 0 })])
})
