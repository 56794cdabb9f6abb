import fc from 'fast-check'
import type * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  type ClientMessage,
  clientMessage,
  decodeClientFrame,
  decodeHello,
  decodeServerFrame,
  encodeHello,
  encodeMessage,
  type Hello,
  hello,
  joinFrame,
  type ServerMessage,
  serverMessage,
} from '../../src/protocol'
import { roomEvent } from '../../src/protocol/room'
import { arbitraryOf } from '../harness/schema-arbitrary'
import { messagesIn, nameOf, nodeOf, type SchemaNode } from '../harness/schema-node'

const named = (schema: v.GenericSchema<unknown, unknown>) =>
  messagesIn(nodeOf(schema)).map((node): [string, v.GenericSchema] => [nameOf(node), schemaOf(node)])
const schemaOf = (node: SchemaNode) => node as unknown as v.GenericSchema

describe('from a client', () => {
  test.each(named(clientMessage))('%s comes back as it went', (_name, schema) => {
    fc.assert(
      fc.property(fc.array(arbitraryOf(schema), { minLength: 1, maxLength: 3 }), (drawn) => {
        const messages = drawn as ClientMessage[]
        const frame = joinFrame(messages.map(encodeMessage))
        expect(decodeClientFrame(frame)).toEqual(messages.map((message) => ({ ok: true, message })))
      }),
    )
  })

  test('a hello comes back as it went', () => {
    fc.assert(
      fc.property(arbitraryOf(hello), (drawn) => {
        const said = drawn as Hello
        expect(decodeHello(encodeHello(said))).toEqual(said)
      }),
    )
  })
})

describe('from the server', () => {
  test.each(named(serverMessage))('%s comes back as it went', (_name, schema) => {
    fc.assert(
      fc.property(arbitraryOf(schema), (drawn) => {
        const message = drawn as ServerMessage
        expect(decodeServerFrame(joinFrame([encodeMessage(message)]))).toEqual([{ ok: true, message }])
      }),
    )
  })

  test.each(named(roomEvent))('the event %s comes back as it went', (_name, schema) => {
    fc.assert(
      fc.property(arbitraryOf(schema), (event) => {
        const message = { type: 'event', logged: { seq: 1, at: 2, by: null, event } } as ServerMessage
        expect(decodeServerFrame(joinFrame([encodeMessage(message)]))).toEqual([{ ok: true, message }])
      }),
    )
  })
})

test('all messages and events are among those tried', () => {
  expect(named(clientMessage).map(([name]) => name)).toEqual(
    expect.arrayContaining(['chat.send', 'join', 'signal', 'cast', 'heartbeat', 'moderation.endRoom']),
  )
  expect(named(serverMessage).map(([name]) => name)).toEqual(
    expect.arrayContaining(['welcome', 'event', 'reply true', 'reply false', 'goodbye']),
  )
  const names = [clientMessage, serverMessage, roomEvent].flatMap((schema) => named(schema)).map(([name]) => name)
  expect(names).not.toContain('')
})
