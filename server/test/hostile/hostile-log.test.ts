import { encodeHello, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { LINES_A_MINUTE } from '../../src/logging/audit'
import { capturedLog } from '../harness/captured-log'
import { description } from '../harness/description'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { BAD_MESSAGES, HELLO } from '../harness/hostile-inputs'
import { connectRaw } from '../harness/raw-upgrade'
import { type Running, runServer, SECRET } from '../harness/running-server'
import { rejections } from '../harness/scrape'
import type { TestClient } from '../harness/test-client'

const TURN = { urls: 'turn:turn.example.com', username: '1:ada', credential: 'turn-password-of-a-test' }
const SDP = description('sdp-of-a-test')
const CANDIDATE = 'candidate:1 1 UDP 1 candidate-of-a-test 9 typ host'
const TEXT = 'a word between friends'
const IDENTITY = 'ada-the-identity@example.com'

/** A host and a guest who send all that is secret: to each other, to an unknown target, and in ways that are rejected. */
async function tellSecrets({ enter, connect }: Running, log: { broken: boolean }, clock: FakeClock) {
  const host = await enter('hall', IDENTITY, { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await enter('hall', 'bob')
  const { self: bobId, room } = await bob.welcome()
  const epoch = { born: room?.edges[0]?.born ?? 0, n: 0 }
  const bodies = [
    { type: 'offer', sdp: SDP, layout: 1 },
    { type: 'candidate', candidate: CANDIDATE, sdpMid: '0', sdpMLineIndex: 0 },
    { type: 'offer', sdp: SDP.repeat(400), layout: 1 },
  ]
  for (const to of [bobId, hostId, 'unknown'])
    for (const body of bodies) host.say({ type: 'signal', to, epoch, order: 0, body })
  await host.closed
  for (const text of [TEXT, TEXT.repeat(100)]) await bob.ask({ type: 'chat.send', text })
  bob.say({ type: 'cast', cast: { type: 'data', value: { text: TEXT } } })
  log.broken = true
  await bob.ask({ type: 'chat.send', text: TEXT })
  log.broken = false
  clock.advance(PROBE_EVERY_MS)
  await bob.ask({ type: 'session.refresh', token: `${bob.hello.token}x` })
  for (const token of [`${bob.hello.token}x`, `Bearer ${bob.hello.token}`]) await connect('hall', { token }).closed
  return [host, bob]
}

/** What no other client may know of a client. */
const secretsOf = ({ hello }: TestClient): string[] => [
  hello.session,
  hello.token ?? '',
  hello.token?.split('.')[1] ?? '',
  hello.token?.split('.')[2] ?? '',
]

test('neither tokens, session keys, SDP, candidates, TURN passwords nor chat are in any line of the log [R7.12]', async () => {
  const captured = capturedLog()
  const log = failingLog()
  const clock = new FakeClock()
  const running = await runServer({ logger: captured.logger, log, clock, iceServers: [TURN] })
  const clients = await tellSecrets(running, log, clock)
  const [host] = clients
  const inUrl = await running.server.tokens.sign({ room: 'hall', identity: IDENTITY })
  await connectRaw(running.url, `/v1/rooms/hall?token=${inUrl}`, [SUBPROTOCOL, `hello.${encodeHello(HELLO)}`])
  await fetch(`${running.url}/v1/rooms/hall/stats`, { headers: { authorization: `Bearer ${inUrl}x` } })
  for (const [what, message] of BAD_MESSAGES) {
    const client = await running.enter('noise', what, { role: 'host' })
    await client.welcome()
    for (let i = 0; i < 3; i++) client.raw(`[${message.replace('"hi"', JSON.stringify(TEXT))}]`)
    await client.closed
  }
  expect(captured.audit().map((line) => line.reason)).toEqual(
    expect.arrayContaining(['invalid', 'bad_frame', 'unauthorized', 'peer_not_found', 'unavailable']),
  )
  expect(host?.received.some((message) => message.type === 'welcome')).toBe(true)
  const secrets = [...clients.flatMap(secretsOf), inUrl, inUrl.split('.')[2] ?? '', HELLO.session, SECRET]
  for (const secret of [...secrets, TURN.credential, 'sdp-of-a-test', 'candidate-of-a-test', TEXT, IDENTITY]) {
    expect(secret).not.toBe('')
    expect(captured.text()).not.toContain(secret)
  }
})

test('a rejection has a line of its own: its reason, and the connection and room by which it can be followed [R7.13]', async () => {
  const captured = capturedLog()
  const { enter } = await runServer({ logger: captured.logger })
  const host = await enter('hall', IDENTITY, { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  await bob.ask({ type: 'moderation.lock' })
  const [line] = captured.audit()
  expect(line).toMatchObject({ reason: 'forbidden', room: 'hall', connection: expect.any(String) })
  const verified = captured.lines().filter((each) => each.msg === 'a connection was verified')
  expect(verified).toHaveLength(2)
  const short = expect.stringMatching(/^[0-9a-f]{16}$/)
  expect(verified.find((each) => each.connection === line?.connection)).toMatchObject({ sessionId: short, who: short })
})

test('a flood of rejections fills no disk: ten lines a minute for each reason, then how many had none [R7.13]', async () => {
  const captured = capturedLog()
  const clock = new FakeClock()
  const { url, enter } = await runServer({ logger: captured.logger, clock, limits: { castBurst: 100 } })
  const bob = await enter('hall', 'bob', { role: 'host', expiresInSeconds: 3600 })
  await bob.welcome()
  const toUnknown = { type: 'cast', cast: { type: 'data', value: 1, to: ['unknown'] } }
  bob.say(...Array(100).fill(toUnknown))
  await expect.poll(() => rejections(url, 'peer_not_found')).toBe(100)
  const lines = () => captured.audit().filter((line) => line.reason === 'peer_not_found')
  expect(lines()).toHaveLength(LINES_A_MINUTE)
  for (let i = 0; i < 12; i++) {
    clock.advance(5000)
    await bob.roundTrip()
  }
  bob.say(toUnknown)
  await expect.poll(lines).toHaveLength(LINES_A_MINUTE + 1)
  expect(lines().at(-1)).toMatchObject({ unlogged: 90 })
})

const thrown = () => {
  throw new Error('the disk of the log is full')
}
const rejected = () => Promise.reject(new Error('the disk of the log is full'))

test.each([
  ['throws', thrown],
  ['rejects', rejected],
])('a hook that throws takes nothing along: an app’s logger that %s', async (_what, broken) => {
  const { enter, connect } = await runServer({ logger: { debug: broken, info: broken, warn: broken, error: broken } })
  expect(await connect('hall', { token: 'nonsense' }).goodbye()).toMatchObject({ code: 'unauthorized' })
  const ada = await enter('hall', 'ada', { role: 'host' })
  await ada.welcome()
  ada.raw('[{}]')
  expect(await ada.ask({ type: 'chat.send', text: 'all is well' })).toMatchObject({ ok: true })
})
