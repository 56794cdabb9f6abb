import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readCommandLine } from '../../src/cli/command-line'
import { checkSettings } from '../../src/config/settings'
import { ConfigError } from '../../src/index'
import { signingPair } from '../harness/signing-keys'

const SECRET = 'a secret of the tests, long enough to be one'
const JWKS_URL = 'https://app.example/.well-known/jwks.json'
const ed = signingPair('EdDSA', 'ed')
const rsa = signingPair('RS256')
const privatePem = rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const [smallRsa, otherCurve] = [
  generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
  generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
].map((key) => key.export({ format: 'pem', type: 'spki' }).toString())

const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'nothing is wrong'
}
const wrong = (auth: unknown) => messageOf(() => checkSettings({ auth }))

test.each<[string, object]>([
  ['none', {}],
  ['none but an audience', { audience: 'app' }],
  ['a secret and an endpoint', { secret: SECRET, jwksUrl: JWKS_URL }],
  ['a secret and keys', { secret: SECRET, keys: [{ publicKey: ed.jwk }] }],
  ['all three', { secret: SECRET, keys: [{ publicKey: ed.jwk }], jwksUrl: JWKS_URL }],
])('auth takes exactly one source of keys, not %s', (_what, auth) => {
  expect(wrong(auth)).toBe('auth.secret is needed, or keys, or jwksUrl: exactly one of them.')
})

test.each<[string, object]>([
  ['a secret', { secret: SECRET }],
  ['an endpoint', { jwksUrl: JWKS_URL }],
  ['an endpoint on this machine', { jwksUrl: 'http://localhost:3000/jwks.json' }],
  ['one key without a kid', { keys: [{ publicKey: rsa.pem }] }],
  [
    'keys of all kinds',
    { keys: [{ publicKey: ed.jwk }, { publicKey: rsa.jwk, kid: 'rsa', alg: 'RS256' }, { secret: SECRET, kid: 's' }] },
  ],
  ['several keys, one of them for tokens that name none', { keys: [{ publicKey: ed.jwk }, { secret: SECRET }] }],
])('auth takes %s', (_what, auth) => {
  expect(wrong(auth)).toBe('nothing is wrong')
})

test.each<[string, unknown[], string]>([
  ['no keys', [], 'auth.keys must not be empty.'],
  ['a key that is no object', ['hunter2'], 'auth.keys.0 must be an object with a publicKey or a secret.'],
  [
    'an option that keys do not have',
    [{ secret: SECRET, colour: 'red' }],
    'auth.keys.0.colour is not an option of a key.',
  ],
  ['a key that is nothing', [{ kid: 'a' }], 'auth.keys.0 must have a secret or a publicKey, and not both.'],
  [
    'a key that is both',
    [{ secret: SECRET, publicKey: ed.jwk }],
    'auth.keys.0 must have a secret or a publicKey, and not both.',
  ],
  ['a short secret', [{ secret: 'hunter2' }], 'auth.keys.0.secret must have at least 32 bytes.'],
  [
    'a private PEM',
    [{ publicKey: privatePem }],
    'auth.keys.0 must be a public key: a private one stays with the signer.',
  ],
  [
    'a private JWK',
    [{ publicKey: ed.privateKey.export({ format: 'jwk' }) }],
    'auth.keys.0 must be a public key: a private one stays with the signer.',
  ],
  ['a text that is no key', [{ publicKey: 'hunter2' }], 'auth.keys.0 must be a public key of Ed25519'],
  [
    'a JWK of a secret',
    [{ publicKey: { kty: 'oct', k: 'aHVudGVyMg' } }],
    'auth.keys.0 must be a public key of Ed25519',
  ],
  [
    'a short RSA key',
    [{ publicKey: smallRsa }],
    'auth.keys.0 must be a public key of Ed25519, P-256, P-384, P-521 or RSA',
  ],
  ['a key of another curve', [{ publicKey: otherCurve }], 'auth.keys.0 must be a public key of Ed25519'],
  ['a key for another algorithm', [{ publicKey: ed.jwk, alg: 'RS256' }], 'auth.keys.0 is a key for EdDSA.'],
  [
    'a key for another hash',
    [{ publicKey: { ...rsa.jwk, alg: 'PS256' }, alg: 'RS256' }],
    'auth.keys.0 is a key for PS256.',
  ],
  ['a public key as a secret', [{ publicKey: rsa.jwk, alg: 'HS256' }], 'auth.keys.0 is a key for RS256, RS384,'],
  [
    'a curve that no JWK says so',
    [{ publicKey: { ...ed.jwk, alg: 'ES256' } }],
    'auth.keys.0 is a key for something else',
  ],
  ['an algorithm that is none of ours', [{ publicKey: ed.jwk, alg: 'none' }], 'auth.keys.0.alg must be one of HS256'],
  ['a key for something else', [{ publicKey: { ...ed.jwk, use: 'enc' } }], 'auth.keys.0 is a key for something else'],
  [
    'several keys, two without a kid',
    [{ publicKey: ed.jwk }, { publicKey: rsa.jwk }, { secret: SECRET }],
    'auth.keys must each have a different kid',
  ],
  [
    'a kid that two keys have',
    [{ publicKey: ed.jwk }, { publicKey: rsa.jwk, kid: 'ed' }],
    'auth.keys must each have a different kid',
  ],
])('of %s it is told what is wrong, and never the value', (_what, keys, sentence) => {
  const message = wrong({ keys })
  expect(message).toContain(sentence)
  expect(message).not.toMatch(/hunter2|BEGIN|aHVud/)
})

test('auth that is no object is told apart from an option that it does not have', () => {
  expect(wrong('hunter2')).toBe('auth must be an object.')
  expect(wrong({ secret: SECRET, colour: 'red' })).toBe('auth.colour is not an option of auth.')
})

test('a public key given as the secret is rejected: everybody could sign with it [R6.2]', () => {
  expect(wrong({ secret: rsa.pem })).toBe('auth.secret must be a secret: put a PEM into keys.')
})

test.each([
  'http://app.example/jwks.json',
  'ftp://app.example/jwks.json',
  'https://user:hunter2@app.example/jwks.json',
  'app.example/jwks.json',
  'http://localhost.app.example/jwks.json',
])('%s is nowhere to get keys from', (jwksUrl) => {
  expect(wrong({ jwksUrl })).toBe(
    'auth.jwksUrl must be an https URL (http only to this machine) without a user or password.',
  )
})

describe('the command line', () => {
  const auth = (args: string[], env: Record<string, string> = {}) => {
    const line = readCommandLine(args, env)
    return line.type === 'serve' ? line.options.auth : undefined
  }

  test('takes the address of a JWKS endpoint, an issuer, and how the keys are kept', () => {
    const args = ['--jwks-url', JWKS_URL, '--jwks-refresh', '60', '--issuer', 'https://app.example']
    expect(auth(args, { PEERSTAGE_JWKS_MAX_AGE: '3600' })).toMatchObject({
      jwksUrl: JWKS_URL,
      jwksRefreshSeconds: 60,
      jwksMaxAgeSeconds: 3600,
      issuer: 'https://app.example',
    })
  })

  test('takes public keys as a JSON Web Key Set or a PEM, and from a file that holds one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'peerstage-keys-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const set = JSON.stringify({ keys: [ed.jwk, { ...rsa.jwk, kid: 'rsa' }] })
    writeFileSync(join(folder, 'jwks.json'), set)
    const both = { keys: [{ publicKey: ed.jwk }, { publicKey: { kid: 'rsa' } }] }
    expect(auth([], { PEERSTAGE_PUBLIC_KEYS: set })).toMatchObject(both)
    expect(auth(['--public-keys', join(folder, 'jwks.json')])).toMatchObject(both)
    expect(auth([], { PEERSTAGE_PUBLIC_KEYS: rsa.pem })).toEqual(
      expect.objectContaining({ keys: [{ publicKey: rsa.pem.trim() }] }),
    )
  })

  test('a file that is not there, or holds something else, is a mistake', () => {
    const path = '/nowhere/jwks.json'
    for (const text of [path, '{"keys": 5}', '{']) {
      const message = messageOf(() => auth(['--public-keys', text]))
      expect(message).toMatch(/^--public-keys must be a list of keys/)
    }
  })

  test('two sources of keys are a mistake', () => {
    const message = messageOf(() => auth(['--jwks-url', JWKS_URL], { PEERSTAGE_SECRET: SECRET }))
    expect(message).toBe('PEERSTAGE_SECRET and --jwks-url are both set: the keys of the tokens come from one of them.')
  })

  test('no secret is taken from the command line', () => {
    expect(messageOf(() => auth(['--secret', SECRET]))).toContain("Unknown option '--secret'")
  })
})
