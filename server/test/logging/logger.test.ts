import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger } from '../../src/logging/logger'

function captured() {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { logger: createLogger('debug', sink), text: () => lines.join('') }
}

test('fields that hold secrets are redacted by their name, nested ones too [R7.12]', () => {
  const { logger, text } = captured()
  logger.info({ token: 'S1', a: { sdp: 'S2' }, b: { c: { credential: 'S3' } }, text: 'S4', room: 'hall' }, 'hello')
  for (const secret of ['S1', 'S2', 'S3', 'S4']) expect(text()).not.toContain(secret)
  expect(JSON.parse(text())).toMatchObject({ room: 'hall', msg: 'hello', token: '[redacted]' })
})

test('the key of a TURN server and the passwords made with it are among them [R7.12]', () => {
  const { logger, text } = captured()
  const turn = { urls: 'turn:turn.example.com', secret: 'S1' }
  logger.info({ turn, settings: { turn }, iceServers: [{ urls: turn.urls, credential: 'S2' }] }, 'hello')
  expect(text()).toContain('turn:turn.example.com')
  for (const secret of ['S1', 'S2']) expect(text()).not.toContain(secret)
})

test('what looks like a token is taken out wherever it is [R7.12]', () => {
  const { logger, text } = captured()
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl'
  logger.warn({ url: `/v1/rooms/hall?token=${jwt}`, err: new Error(`bad ${jwt}`) }, `rejected ${jwt}`)
  expect(text()).not.toContain('eyJzdWIi')
  expect(JSON.parse(text()).msg).toBe('rejected [redacted]')
})

test('control characters in names cannot forge a line', () => {
  const { logger, text } = captured()
  logger.info({ room: 'a\r\n{"level":60}' }, 'hello')
  expect(text().trim().split('\n')).toHaveLength(1)
})
