import { createHmac } from 'node:crypto'
import { encodeHello, MAX_HELLO_CHARACTERS } from '@peerstage/sdk/protocol'

/** The fields of a hello besides its token, of a fixed length. */
export const LARGE_HELLO = {
  intent: 'join',
  session: 'x'.repeat(43),
  attempt: 1,
  joinId: 'x'.repeat(16),
  client: 'test/1',
} as const

/** A token with an unused claim, so long that the hello has the largest allowed length. */
export function largestToken(secret: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { aud: 'peerstage', sub: 'ada', room: 'hall', name: 'Ada', role: 'guest', iat: now, exp: now + 60 }
  const tokenWith = (filler: string) => {
    const signed = [{ alg: 'HS256' }, { ...claims, filler }].map(encoded).join('.')
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  let filler = ''
  while (encodeHello({ ...LARGE_HELLO, token: tokenWith(`${filler}x`) }).length <= MAX_HELLO_CHARACTERS) filler += 'x'
  return tokenWith(filler)
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
