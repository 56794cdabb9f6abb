import { expect, test } from 'vitest'
import { signToken } from '../../src/auth/sign-token'
import type { PeerstageServerOptions } from '../../src/index'
import { runServer, SECRET } from '../harness/running-server'
import { handSigned, type SigningPair, signedBy, signingPair } from '../harness/signing-keys'

const ed = signingPair('EdDSA', 'ed')
const ec = signingPair('ES256', 'ec')
const rsa = signingPair('RS256', 'rsa')
const hmac = new TextEncoder().encode(SECRET)

/** One key of each algorithm. */
const auth = {
  keys: [
    { publicKey: ed.jwk },
    { publicKey: ec.pem, kid: 'ec' },
    { publicKey: rsa.pem, kid: 'rsa' },
    { secret: SECRET, kid: 'hmac' },
  ],
}

test.each<[string, SigningPair]>([
  ['EdDSA', ed],
  ['ES256', ec],
  ['RS256', rsa],
])('a token by %s is verified by the public key alone', async (_alg, pair) => {
  const { connect } = await runServer({ auth })
  await connect('hall', { token: await signedBy(pair) }).welcome()
})

const ALGORITHMS = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
] as const

test.each(ALGORITHMS)('a key whose JWK says %s verifies tokens by it', async (alg) => {
  const pair = signingPair(alg)
  const { connect } = await runServer({ auth: { keys: [{ publicKey: { ...pair.jwk, alg } }] } })
  await connect('hall', { token: await handSigned(pair.privateKey, { alg }) }).welcome()
  const signed = await signToken({
    key: { privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), alg },
    ...{ room: 'hall', identity: 'bob' },
  })
  await connect('hall', { token: signed }).welcome()
})

test.each(['RS384', 'PS256'] as const)(
  'of an RSA key whose PEM says nothing the option says that it is for %s',
  async (alg) => {
    const { connect } = await runServer({ auth: { keys: [{ publicKey: rsa.pem, alg }] } })
    await connect('hall', { token: await handSigned(rsa.privateKey, { alg }) }).welcome()
    const other = connect('hall', { token: await handSigned(rsa.privateKey, { alg: 'RS256' }) })
    expect(await other.goodbye()).toMatchObject({ code: 'unauthorized' })
  },
)

test.each(['EdDSA', 'Ed25519'])(
  'Ed25519 is one algorithm under two names, whichever its JWK says: %s [R6.2]',
  async (alg) => {
    const { connect } = await runServer({ auth: { keys: [{ publicKey: { ...ed.jwk, alg } }] } })
    for (const name of ['EdDSA', 'Ed25519']) {
      const client = connect('hall', { token: await handSigned(ed.privateKey, { alg: name, sub: name }) })
      await client.welcome()
    }
  },
)

test('a secret may serve beside public keys', async () => {
  const { connect } = await runServer({ auth })
  await connect('hall', { token: await handSigned(hmac, { alg: 'HS256', kid: 'hmac' }) }).welcome()
})

test('of several keys the one without a kid serves tokens that name none, and no others [R6.4]', async () => {
  const { connect } = await runServer({
    auth: { keys: [{ secret: 'x'.repeat(32), kid: 'newest' }, { secret: SECRET }] },
  })
  await connect('hall', { token: await handSigned(hmac, { alg: 'HS256' }) }).welcome()
  for (const kid of ['newest', 'another']) {
    const client = connect('hall', { token: await handSigned(hmac, { alg: 'HS256', kid }) })
    expect(await client.goodbye()).toMatchObject({ code: 'unauthorized' })
  }
})

const pemAsSecret = (pem: string) => new TextEncoder().encode(pem)

test.each<[string, () => Promise<string>]>([
  ['alg none and the kid of a key', async () => unsigned({ alg: 'none', kid: 'ed' })],
  ['an RSA public key taken for a secret', () => handSigned(pemAsSecret(rsa.pem), { alg: 'HS256', kid: 'rsa' })],
  ['an EC public key taken for a secret', () => handSigned(pemAsSecret(ec.pem), { alg: 'HS256', kid: 'ec' })],
  ['the algorithm of another key', () => handSigned(ec.privateKey, { alg: 'ES256', kid: 'ed' })],
  ['another algorithm of the same key', () => handSigned(rsa.privateKey, { alg: 'PS256', kid: 'rsa' })],
  ['a longer hash of the same key', () => handSigned(rsa.privateKey, { alg: 'RS512', kid: 'rsa' })],
  [
    'an RSA public key taken for a secret of a longer hash',
    () => handSigned(pemAsSecret(rsa.pem), { alg: 'HS512', kid: 'rsa' }),
  ],
  ['an Ed25519 public key taken for a secret', () => handSigned(pemAsSecret(ed.pem), { alg: 'HS256', kid: 'ed' })],
  ['a longer hash of the same secret', () => handSigned(hmac, { alg: 'HS512', kid: 'hmac' })],
  ['the secret under the kid of a public key', () => handSigned(hmac, { alg: 'HS256', kid: 'rsa' })],
  ['the kid of another key of the same algorithm', () => signedBy(signingPair('EdDSA', 'ed'))],
  ['no kid where several keys serve', () => handSigned(ed.privateKey, { alg: 'EdDSA' })],
  ['an unknown kid', () => handSigned(ed.privateKey, { alg: 'EdDSA', kid: 'unknown' })],
  ['a kid that objects have by themselves', () => handSigned(ed.privateKey, { alg: 'EdDSA', kid: '__proto__' })],
  ['an unknown critical header', () => signedBy(ed, { crit: 'urgent'.split(' ') })],
  ['a kid that is no text', async () => unsigned({ alg: 'EdDSA', kid: { toString: 'ed' } })],
  ['a header that is a list', async () => unsigned([])],
])(
  'a token is verified to the letter: with %s it is unauthorized, for one and the same reason [R6.2, R6.3, R6.4]',
  async (_what, make) => {
    const lines: string[] = []
    const { connect } = await runServer({ auth, logger: listening(lines) })
    const token = await make()
    const client = connect('hall', { token })
    expect(await client.goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
    expect(client.received).toMatchObject([{ reason: 'The token is not valid.' }])
    // Why is for our own log, which holds nothing of the token.
    expect(lines.join('\n')).toMatch(/"fault":"[^"]+"/)
    for (const part of token.split('.').filter((each) => each !== '')) expect(lines.join('\n')).not.toContain(part)
  },
)

test('what was wrong with a token stands in the audit log, and nowhere else', async () => {
  const lines: string[] = []
  const { connect } = await runServer({ auth, logger: listening(lines) })
  const faults = async (token: string) => {
    await connect('hall', { token }).closed
    return lines.splice(0).join('\n')
  }
  expect(await faults(await signedBy(ed, { exp: 1 }))).toContain('"fault":"claim exp"')
  expect(await faults(await signedBy(ed, { role: 'root' }))).toContain('"fault":"claim role"')
  expect(await faults(await signedBy(ed, { kid: 'unknown' }))).toContain('"fault":"no key for its kid and alg"')
  expect(await faults(`${await signedBy(ed)}x`)).toMatch(/"fault":"ERR_JWS_/)
})

test('a single key serves tokens that name none; a token that names another is rejected [R6.4]', async () => {
  const { connect } = await runServer({ auth: { keys: [{ publicKey: ed.jwk }] } })
  await connect('hall', { token: await handSigned(ed.privateKey, { alg: 'EdDSA' }) }).welcome()
  const other = connect('hall', { token: await handSigned(ed.privateKey, { alg: 'EdDSA', kid: 'other' }) })
  expect(await other.goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
})

test('a single key without a name serves whatever a token names: so a kid can come in before the second key', async () => {
  const { connect } = await runServer()
  await connect('hall', {
    token: await signToken({ secret: SECRET, kid: '2', room: 'hall', identity: 'ada' }),
  }).welcome()
})

test('where an issuer is set a token must have it [R6.1]', async () => {
  const { connect, server } = await runServer({ auth: { secret: SECRET, issuer: 'https://app.example' } })
  const by = (iss?: string) => handSigned(hmac, { alg: 'HS256', ...(iss === undefined ? {} : { iss }) })
  for (const token of [await by(), await by('https://other.example')]) {
    expect(await connect('hall', { token }).goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
  }
  await connect('hall', { token: await by('https://app.example') }).welcome()
  await connect('hall', { token: await server.tokens.sign({ room: 'hall', identity: 'bob' }) }).welcome()
})

test('keys are rotated without a dropped session: the old one verifies beside the new one, which signs', async () => {
  const older = { secret: 'an older secret, long enough to be one', kid: '1' }
  const keys = [{ secret: SECRET, kid: '2' }, older]
  const { connect, server } = await runServer({ auth: { keys } })
  const old = connect('hall', { token: await signToken({ ...older, room: 'hall', identity: 'ada', role: 'host' }) })
  await old.welcome()
  const fresh = await server.tokens.sign({ room: 'hall', identity: 'ada', role: 'host' })
  expect(JSON.parse(Buffer.from(fresh.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ kid: '2' })
  expect(await old.ask({ type: 'session.refresh', token: fresh })).toMatchObject({ ok: true })
  expect(await old.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('a server that has public keys only says that it cannot sign', async () => {
  const { server } = await runServer({ auth: { keys: [{ publicKey: ed.jwk }] } })
  await expect(server.tokens.sign({ room: 'hall', identity: 'ada' })).rejects.toThrow(
    'This server has public keys only',
  )
})

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token with whatever header, and a signature that is none. */
const unsigned = (header: unknown): string => {
  const claims = { sub: 'ada', room: 'hall', aud: 'peerstage', exp: Math.floor(Date.now() / 1000) + 3600 }
  return `${encoded(header)}.${encoded(claims)}.`
}

/** A log whose lines the test reads. */
function listening(lines: string[]): NonNullable<PeerstageServerOptions['logger']> {
  const line = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
  return { debug: line, info: line, warn: line, error: line }
}
