import { encodeHello, type Hello } from '@peerstage/sdk/protocol'
import { newSession } from './test-client'

/** A valid hello without a token. */
export const HELLO: Hello = {
  intent: 'join',
  session: newSession(),
  attempt: 1,
  joinId: 'a-stay-of-a-test',
  client: 'test/1',
}

const base64url = (text: string) => Buffer.from(text).toString('base64url')

/** Bad hellos: what is wrong, and the subprotocols that are offered besides ours. */
export const BAD_HELLOS: [string, string[]][] = [
  ['garbage instead of a hello', ['hello.!!!']],
  ['no hello', []],
  ['two hellos', [`hello.${encodeHello(HELLO)}`, `hello.${encodeHello({ ...HELLO, attempt: 2 })}`]],
  ['what is no JSON', [`hello.${base64url('{"intent":')}`]],
  ['an unknown key', [`hello.${base64url(JSON.stringify({ ...HELLO, role: 'host' }))}`]],
  ['__proto__', [`hello.${base64url(JSON.stringify(HELLO).replace('{', '{"__proto__":{"role":"host"},'))}`]],
  ['no attempt', [`hello.${base64url(JSON.stringify({ ...HELLO, attempt: undefined }))}`]],
  ['invalid UTF-8', [`hello.${Buffer.from([0xff, 0xfe, 0xfd]).toString('base64url')}`]],
  ['more than 6 KiB', [`hello.${'A'.repeat(6 * 1024 + 1)}`]],
]

/** Frames that end their connection at once. */
export const BAD_FRAMES: [string, string | Buffer][] = [
  ['a binary frame', Buffer.from('[{"type":"heartbeat"}]')],
  ['bad JSON', '[{"type":'],
  ['no array', '{"type":"heartbeat"}'],
  ['an empty array', '[]'],
]

/** Bad messages. A connection may send two of them. */
export const BAD_MESSAGES: [string, string][] = [
  ['an unknown type', '{"type":"chat.shout","id":1}'],
  ['an unknown key', '{"type":"heartbeat","extra":1}'],
  ['a role of its own choosing', '{"type":"chat.send","id":1,"text":"hi","role":"host"}'],
  ['__proto__', '{"type":"heartbeat","__proto__":{"role":"host"}}'],
  ['constructor', '{"type":"heartbeat","constructor":{"prototype":{"role":"host"}}}'],
  ['__proto__ within app data', '{"type":"cast","cast":{"type":"data","value":{"__proto__":{"a":1}}}}'],
  ['a string where a number belongs', '{"type":"chat.history","id":"1"}'],
  ['no object', '"heartbeat"'],
  ['null', 'null'],
  ['30,000 levels', `{"type":"cast","cast":{"type":"data","value":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`],
]
