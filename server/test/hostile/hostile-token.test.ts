import { SignJWT, UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { runServer, SECRET } from '../harness/running-server'

const key = new TextEncoder().encode(SECRET)
const claims = { sub: 'ada', room: 'hall', role: 'host' }
const signed = (change: (jwt: SignJWT) => SignJWT = (jwt) => jwt, payload: object = claims, alg = 'HS256') =>
  change(new SignJWT({ ...payload }).setProtectedHeader({ alg }).setAudience('peerstage').setExpirationTime('1h')).sign(
    key,
  )

test.each<[string, () => Promise<string> | string]>([
  ['alg none', () => new UnsecuredJWT(claims).setAudience('peerstage').setExpirationTime('1h').encode()],
  ['another algorithm', () => signed(undefined, claims, 'HS512')],
  [
    'a foreign key',
    () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience('peerstage')
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode('another secret, long enough to be one')),
  ],
  ['an end long ago', () => signed((jwt) => jwt.setExpirationTime('-1m'))],
  ['a beginning to come', () => signed((jwt) => jwt.setNotBefore('5m'))],
  ['another audience', () => signed((jwt) => jwt.setAudience('elsewhere'))],
  ['no exp', () => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setAudience('peerstage').sign(key)],
  ['no aud', () => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(key)],
  ['no sub', () => signed((jwt) => jwt, { room: 'hall' })],
  ['no room', () => signed((jwt) => jwt, { sub: 'ada' })],
  ['an unknown role', () => signed((jwt) => jwt, { ...claims, role: 'root' })],
  ['an identity without end', () => signed((jwt) => jwt, { ...claims, sub: 'a'.repeat(257) })],
  ['an identity that UTF-8 cannot hold', () => signed((jwt) => jwt, { ...claims, sub: 'ada \ud83d' })],
  ['an end in more than 366 days', () => signed((jwt) => jwt.setExpirationTime('367d'))],
  ['an end in a thousand years', () => signed((jwt) => jwt.setExpirationTime(32_000_000_000))],
  ['an end in milliseconds', () => signed((jwt) => jwt.setExpirationTime(Date.now() + 3_600_000))],
  ['an end longer than a date can say', () => signed((jwt) => jwt.setExpirationTime(1e308))],
  ['nothing of a token', () => 'nonsense'],
])(
  'a token is verified to the letter: with %s it is unauthorized, for one and the same reason [R6.1, R6.2, R6.3]',
  async (_what, make) => {
    const { connect } = await runServer()
    const client = connect('hall', { token: await make() })
    expect(await client.goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
    expect(client.received).toMatchObject([{ reason: 'The token is not valid.' }])
  },
)

test('a name that was cut within a character is told without the half that is left', async () => {
  const { connect } = await runServer()
  const token = await signed((jwt) => jwt, { ...claims, sub: 'ada 🎈', name: 'Ada 🎈'.slice(0, -1) })
  const { room, self } = await connect('hall', { token }).welcome()
  expect(room?.participants).toMatchObject([{ id: self, name: 'Ada' }])
})

test('no token at all is unauthorized [R6.3]', async () => {
  const { connect } = await runServer()
  expect(await connect('hall').goodbye()).toMatchObject({ code: 'unauthorized' })
})

test('an older token than maxTokenAge is unauthorized, and one without iat too [R6.1]', async () => {
  const { connect } = await runServer({ auth: { secret: SECRET, maxTokenAgeSeconds: 60 } })
  const old = await signed((jwt) => jwt.setIssuedAt('-5m'))
  const undated = await signed()
  const fresh = await signed((jwt) => jwt.setIssuedAt())
  expect(await connect('hall', { token: old }).goodbye()).toMatchObject({ code: 'unauthorized' })
  expect(await connect('hall', { token: undated }).goodbye()).toMatchObject({ code: 'unauthorized' })
  await connect('hall', { token: fresh }).welcome()
})

test('366 days are not too far ahead, with clocks apart by the leeway [R6.1]', async () => {
  const clock = new FakeClock()
  const { connect } = await runServer({ clock })
  const token = await signed((jwt) => jwt.setExpirationTime(clock.now() / 1000 + 366 * 24 * 3600 + 9))
  await connect('hall', { token }).welcome()
})

test('a token for room A does not open room B; one for every room does [R6.1, R6.3]', async () => {
  const { connect, server } = await runServer()
  const forA = await server.tokens.sign({ room: 'A', identity: 'ada' })
  expect(await connect('B', { token: forA }).goodbye()).toMatchObject({ code: 'forbidden', close: 4403 })
  const forAll = await server.tokens.sign({ room: '*', identity: 'ada' })
  await connect('B', { token: forAll }).welcome()
})

test('a token may also come as a bearer, from Node', async () => {
  const { connect, server } = await runServer()
  const token = await server.tokens.sign({ room: 'hall', identity: 'ada' })
  await connect('hall', { headers: { authorization: `Bearer ${token}` } }).welcome()
})
