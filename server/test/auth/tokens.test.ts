import {
  encodeHello,
  MAX_HELLO_CHARACTERS,
  MAX_IDENTITY_CHARACTERS,
  MAX_METADATA_BYTES,
  MAX_NAME_CHARACTERS,
} from '@peerstage/sdk/protocol'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { fixedKeys, type TokenKey } from '../../src/auth/keys'
import { secretBytes } from '../../src/auth/secret'
import { type SigningKey, signToken, TokenOptionError, type TokenOptions } from '../../src/auth/sign-token'
import { createVerify } from '../../src/auth/verify-token'
import { type SigningPair, signingPair } from '../harness/signing-keys'

const secret = 'a secret of the tests, long enough to be one'
const keys = fixedKeys([{ kid: undefined, alg: 'HS256', material: secretBytes(secret) }])
const verify = createVerify({ keys, audience: 'peerstage', now: Date.now })

test('what is signed is what is verified', async () => {
  const token = await signToken({
    secret,
    room: 'hall',
    identity: 'ada',
    role: 'cohost',
    name: 'Ada',
    metadata: { team: 'blue' },
    expiresInSeconds: 60,
  })
  const verified = await verify(token, 'hall')
  expect(verified).toMatchObject({
    claims: { sub: 'ada', room: 'hall', role: 'cohost', name: 'Ada', metadata: { team: 'blue' }, admin: false },
  })
})

test('the least privilege is the default', async () => {
  const verified = await verify(await signToken({ secret, room: 'hall', identity: 'ada' }), 'hall')
  expect(verified).toMatchObject({ claims: { role: 'viewer', admin: false } })
})

test('an audience of one’s own is asked for', async () => {
  const token = await signToken({ secret, room: 'hall', identity: 'ada', audience: 'app' })
  expect(await verify(token, 'hall')).toMatchObject({ ok: false, error: { goodbye: 'unauthorized' } })
  const own = createVerify({ keys, audience: 'app', now: Date.now })
  expect(await own(token, 'hall')).toMatchObject({ claims: { sub: 'ada' } })
})

test('metadata beyond 2 KiB is unauthorized', async () => {
  const token = await new SignJWT({ room: 'hall', sub: 'ada', metadata: { note: 'x'.repeat(2048) } })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('peerstage')
    .setExpirationTime('1h')
    .sign(secretBytes(secret))
  expect(await verify(token, 'hall')).toMatchObject({ ok: false, error: { goodbye: 'unauthorized' } })
})

test.each<[string, Partial<TokenOptions>, string]>([
  ['no identity', { identity: '' }, 'The identity must'],
  ['an identity without end', { identity: 'a'.repeat(257) }, 'The identity must'],
  ['an identity that UTF-8 cannot hold', { identity: 'ada \ud83d' }, 'The identity must'],
  ['metadata beyond 2 KiB', { metadata: { note: 'x'.repeat(2048) } }, 'The metadata must'],
  ['an end that is none', { expiresInSeconds: Number.NaN }, 'expiresInSeconds must'],
  ['an end that JSON cannot say', { expiresInSeconds: Number.POSITIVE_INFINITY }, 'expiresInSeconds must'],
  [
    'an end in more than 366 days',
    { expiresInSeconds: 366 * 24 * 3600 + 1 },
    'expiresInSeconds must be a number of at',
  ],
  ['a name that is none', { name: 7 as unknown as string }, 'The name must'],
  ['an admin that is neither', { admin: 'yes' as unknown as boolean }, 'admin must be true or false'],
  ['an admin that is null', { admin: null as unknown as boolean }, 'admin must be true or false'],
  ['more than a hello holds', { name: 'x'.repeat(3500) }, 'The token is too large for a hello'],
])('what the server would reject is not signed: %s', async (_what, options, sentence) => {
  const signing = signToken({ secret, room: 'hall', identity: 'ada', ...options })
  await expect(signing).rejects.toThrow(TokenOptionError)
  await expect(signing).rejects.toThrow(sentence)
})

test('a token for 366 days is signed, and verified', async () => {
  const token = await signToken({ secret, room: 'hall', identity: 'ada', expiresInSeconds: 366 * 24 * 3600 })
  expect(await verify(token, 'hall')).toMatchObject({ claims: { sub: 'ada' } })
})

test('metadata of 2 KiB fits a hello, beside the longest identity and room, and a name of 64 letters of any script', async () => {
  const largest = {
    room: 'r'.repeat(64),
    identity: 'i'.repeat(MAX_IDENTITY_CHARACTERS),
    name: '\u4e00'.repeat(MAX_NAME_CHARACTERS),
    metadata: { note: 'x'.repeat(MAX_METADATA_BYTES - '{"note":""}'.length) },
  }
  const token = await signToken({ secret, ...largest })
  expect(await verify(token, largest.room)).toMatchObject({ claims: { sub: largest.identity } })
})

test('the largest token that is signed fits a hello beside the longest name of a client', async () => {
  const sign = (length: number) => signToken({ secret, room: 'hall', identity: 'ada', name: 'x'.repeat(length) })
  let [fits, tooLong] = [0, 4000]
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2)
    const signed = await sign(middle).catch(() => undefined)
    if (signed === undefined) tooLong = middle
    else fits = middle
  }
  const hello = {
    intent: 'join',
    token: await sign(fits),
    name: '\u4e00'.repeat(MAX_NAME_CHARACTERS),
    session: 'x'.repeat(43),
    attempt: Number.MAX_SAFE_INTEGER,
    joinId: 'x'.repeat(64),
    seq: Number.MAX_SAFE_INTEGER,
    instance: 'x'.repeat(64),
    client: 'x'.repeat(64),
  } as const
  expect(encodeHello(hello).length).toBeLessThanOrEqual(MAX_HELLO_CHARACTERS)
})

test.each(['EdDSA', 'ES256', 'RS256'] as const)('a private key signs by %s, as a JWK and as a PEM', async (alg) => {
  const pair = signingPair(alg, 'mine')
  const own = createVerify({ keys: fixedKeys([keyOf(pair)]), audience: 'peerstage', now: Date.now })
  const jwk = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'mine' }
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  for (const key of [
    { privateKey: jwk, alg },
    { privateKey: pem, alg, kid: 'mine' },
  ]) {
    const token = await signToken({ key, room: 'hall', identity: 'ada', role: 'host' })
    expect(decodeProtectedHeader(token)).toMatchObject({ alg, kid: 'mine' })
    expect(await own(token, 'hall')).toMatchObject({ claims: { sub: 'ada', role: 'host' } })
  }
})

test('an issuer is signed where one is given', async () => {
  const token = await signToken({ secret, issuer: 'https://app.example', room: 'hall', identity: 'ada' })
  expect(decodeJwt(token)).toMatchObject({ iss: 'https://app.example' })
})

test.each<[string, SigningKey]>([
  ['a public one', { privateKey: signingPair('EdDSA').jwk, alg: 'EdDSA' }],
  ['one for another algorithm', { privateKey: pemOf(signingPair('ES256')), alg: 'EdDSA' }],
  ['one that is none', { privateKey: 'a-private-text', alg: 'EdDSA' }],
  ['not there', { privateKey: undefined as unknown as string, alg: 'EdDSA' }],
  ['a secret', { privateKey: { kty: 'oct', k: 'YS1wcml2YXRlLXRleHQ' }, alg: 'HS256' as 'EdDSA' }],
])('a key that is %s does not sign, and is not repeated', async (_what, key) => {
  const signing = signToken({ key, room: 'hall', identity: 'ada' })
  await expect(signing).rejects.toThrow(TypeError)
  await expect(signing).rejects.toThrow(
    /^key\.privateKey must be a private key, as a JWK or a PEM \(PKCS #8\), for the alg/,
  )
})

test('white space at the ends is no part of what a token is signed with, as it is none at the server', async () => {
  const options = { room: 'hall', identity: 'ada', issuer: 'https://app.example' }
  const token = await signToken({
    ...options,
    secret: `${secret}\n`,
    issuer: ' https://app.example\n',
    audience: 'app\n',
  })
  const verify = createVerify({ keys, audience: 'app', issuer: 'https://app.example', now: Date.now })
  expect(await verify(token, 'hall')).toMatchObject({ claims: { sub: 'ada' } })
  for (const wrong of [`${secret}\n${secret}`, Buffer.from(`${secret}\n`)]) {
    await expect(signToken({ ...options, secret: wrong })).rejects.toThrow(RangeError)
  }
})

test('nonsense is rejected where it is signed, and the error names the option', async () => {
  const signing = (options: object) => signToken({ secret, room: 'hall', identity: 'ada', ...options })
  await expect(signing({ secret: 'short' })).rejects.toThrow(RangeError)
  for (const [option, value] of [
    ['room', 'room 1'],
    ['identity', ''],
    ['role', 'root'],
    ['expiresInSeconds', Number.NaN],
  ] as const) {
    await expect(signing({ [option]: value })).rejects.toMatchObject({ name: 'TokenOptionError', option })
    await expect(signing({ [option]: value })).rejects.toThrow(TypeError)
  }
})

test.each([[''], [undefined], [new Uint8Array()]])(
  'a secret that is missing (%j) names the variable',
  async (missing) => {
    const signing = signToken({ secret: missing as string, room: 'hall', identity: 'ada' })
    await expect(signing).rejects.toThrow(/PEERSTAGE_SECRET/)
  },
)

function keyOf({ publicKey, alg }: SigningPair): TokenKey {
  return { kid: 'mine', alg, material: publicKey }
}

function pemOf({ privateKey }: SigningPair): string {
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}
