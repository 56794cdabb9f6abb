import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import {
  clientMessage,
  DEFAULT_LIMITS,
  EVENT_VERSION,
  GOODBYES,
  HELLO_PREFIX,
  hello,
  MAX_FRAME_MESSAGES,
  MAX_HELLO_CHARACTERS,
  MAX_JSON_DEPTH,
  PROTOCOL_FLOOR,
  PROTOCOL_VERSION,
  REJECTIONS,
  ROOMS_PATH,
  roomEvent,
  SUBPROTOCOL,
  serverMessage,
} from '../../src/protocol'
import { describeSchema, fingerprintOf } from '../harness/schema-description'
import { messagesIn, nameOf, nodeOf } from '../harness/schema-node'

const FILE = fileURLToPath(new URL('../../src/protocol/fingerprint.json', import.meta.url))

const ADVICE =
  'The wire changed. Can a peer of the version before still read it? If not, raise PROTOCOL_VERSION (and EVENT_VERSION ' +
  'for an event, with an upcast). If so, take the new fingerprint on purpose: run this test with UPDATE_FINGERPRINT=1.'

const each = (schema: Parameters<typeof nodeOf>[0]) =>
  Object.fromEntries(
    messagesIn(nodeOf(schema)).map((message) => [nameOf(message), fingerprintOf(describeSchema(message))]),
  )

const wire = {
  protocol: { version: PROTOCOL_VERSION, floor: PROTOCOL_FLOOR, event: EVENT_VERSION },
  words: fingerprintOf([SUBPROTOCOL, HELLO_PREFIX, ROOMS_PATH, GOODBYES, REJECTIONS]),
  // What `check` asks is a function, which no description shows; these are the numbers in it.
  bounds: fingerprintOf([DEFAULT_LIMITS, MAX_FRAME_MESSAGES, MAX_HELLO_CHARACTERS, MAX_JSON_DEPTH]),
  hello: fingerprintOf(describeSchema(nodeOf(hello))),
  up: each(clientMessage),
  down: each(serverMessage),
  events: each(roomEvent),
}

test('no change of the wire is silent', () => {
  if (process.env.UPDATE_FINGERPRINT === '1') writeFileSync(FILE, `${JSON.stringify(wire, null, 2)}\n`)
  expect(wire, ADVICE).toEqual(JSON.parse(readFileSync(FILE, 'utf8')))
})

test('a description tells apart what lets different things pass', () => {
  const all = [
    ...messagesIn(nodeOf(clientMessage)),
    ...messagesIn(nodeOf(serverMessage)),
    ...messagesIn(nodeOf(roomEvent)),
  ]
  const fingerprints = all.map((message) => fingerprintOf(describeSchema(message)))
  expect(new Set(fingerprints).size).toBe(all.length)
})
