import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { LogFolder } from '../harness/log-folder'
import { runServer } from '../harness/running-server'

test('neither a session key nor a token is in any file of the log, while the server runs and after: of the key there is its hash', async () => {
  const files = new LogFolder()
  const log = files.open()
  const { enter, server } = await runServer({ log, clock: files.clock })
  const ada = await enter('hall', 'ada', { role: 'host' })
  await ada.welcome()
  const fresh = await server.tokens.sign({ room: 'hall', identity: 'ada', role: 'guest', expiresInSeconds: 900 })
  expect(await ada.ask({ type: 'session.refresh', token: fresh })).toMatchObject({ ok: true })
  expect(await ada.ask({ type: 'chat.send', text: 'what was said' })).toMatchObject({ ok: true })
  // Another page of the same session, and a session that takes the place over.
  const { session, token = '' } = ada.hello
  const back = await enter('hall', 'ada', { session, attempt: 2 })
  await back.welcome()
  const other = await enter('hall', 'ada')
  await other.welcome()

  const tokens = [token, fresh, back.hello.token ?? '', other.hello.token ?? '']
  const keys = [session, other.hello.session]
  const isAsItShouldBe = () => {
    expect(files.holds('what was said')).toBe(true)
    for (const secret of [...tokens, ...tokens.map((each) => each.split('.')[2] ?? ''), ...keys]) {
      expect(secret.length).toBeGreaterThan(40)
      expect(files.holds(secret)).toBe(false)
    }
    // Nor by another name for the same bytes.
    for (const key of keys) {
      const bytes = Buffer.from(key, 'base64url')
      for (const text of [bytes.toString('hex'), bytes.toString('base64')]) expect(files.holds(text)).toBe(false)
      expect(files.holds(createHash('sha256').update(key).digest('hex'))).toBe(true)
    }
  }
  isAsItShouldBe()
  await server.close({ deadlineMs: 0 })
  await log.close()
  isAsItShouldBe()
})
