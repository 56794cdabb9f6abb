import { encodeMessage, type GoodbyeCode } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { close, type Effect, perform, replyOk, send, sendEvent } from '../../src/hosting/effect'
import { encodeRecord, publicPart } from '../../src/room/fold'
import type { StoredRecord } from '../../src/room/state'
import { FakeConnection } from '../harness/fake-connection'

class BrokenConnection extends FakeConnection {
  override send(): void {
    throw new Error('broken by a test')
  }
}

test('a connection that fails does not take the others of its message along', () => {
  const errors: object[] = []
  const logger = { ...SILENT, error: (fields: object) => errors.push(fields) }
  const [before, after] = [new FakeConnection('before'), new FakeConnection('after')]
  perform([send([before, new BrokenConnection('broken'), after], { type: 'heartbeat' })], logger)
  expect([before.types, after.types]).toEqual([['heartbeat'], ['heartbeat']])
  expect([before.flushes, after.flushes]).toEqual([1, 1])
  expect(errors).toHaveLength(1)
})

/** Writes down what happens to it, in its order. */
class Steps extends FakeConnection {
  readonly steps: string[] = []

  override send(message: string): void {
    this.steps.push(JSON.parse(message).type)
  }

  override close(code: GoodbyeCode): void {
    this.steps.push(code)
  }

  override end(): void {
    this.steps.push('end')
  }

  override flush(): void {
    this.steps.push('flush')
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

test('answers come after what all are told, a goodbye or the end after them', () => {
  const [removed, leaving] = [new Steps('removed'), new Steps('leaving')]
  const answers = [replyOk(removed, 1, 1), replyOk(leaving, 1, 1)]
  const ends = [close(removed, 'removed', 'by a test'), { type: 'end', connection: leaving } as const]
  perform([...answers, ...ends, send([removed, leaving], { type: 'heartbeat' })], SILENT)
  expect(removed.steps).toEqual(['heartbeat', 'reply', 'removed', 'flush'])
  expect(leaving.steps).toEqual(['heartbeat', 'reply', 'end', 'flush'])
})

const messageOf = (text: string): StoredRecord => ({
  seq: 7,
  at: 1700000000000.5,
  by: 'ada',
  event: { type: 'chat.sent', message: { id: 'm', participantId: 'ada', name: 'A"d\\a', role: 'host', text, at: 1 } },
  v: 2,
  secret: { author: 'an identity' },
})

test('an event is sent with the bytes that the codec writes', () => {
  const records = ['plain', '"quoted"\n\t', 'ünïcode 🎉 \u2028', '\ud800'].map(messageOf)
  records.push({ seq: 8, at: 0, by: null, event: { type: 'chat.deleted', messageId: 'm' }, v: 2 })
  const textOf = (effect: Effect) => (effect.type === 'send' ? effect.text() : undefined)
  for (const record of records) {
    const written = encodeMessage({ type: 'event', logged: publicPart(record) })
    expect(textOf(sendEvent([], encodeRecord(record)))).toBe(written)
  }
})

test('an answer with a result keeps its place: what changes later comes after it', () => {
  const connection = new Steps('one')
  const event = () => send([connection], { type: 'heartbeat' })
  perform([event(), replyOk(connection, 1, 1, { messages: [] }), event(), replyOk(connection, 2, 2)], SILENT)
  expect(connection.steps).toEqual(['heartbeat', 'reply', 'heartbeat', 'reply', 'flush'])
})
