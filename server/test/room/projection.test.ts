// A person's name or text in an event must not outlive the erasure of that person's identity, whichever feature the event is of.
import { EVENT_VERSION, type RoomEvent, roomEvent } from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { withoutPerson, withoutText } from '../../src/room/fold'
import type { StoredRecord } from '../../src/room/state'

const PERSONAL = 'what a person is called, or wrote'

type Schema = {
  readonly type: string
  readonly literal?: unknown
  readonly options?: readonly unknown[]
  readonly entries?: Readonly<Record<string, Schema>>
  readonly wrapped?: Schema
  readonly item?: Schema
}

/** A value by a schema. A string that takes the text of a person holds one; ids have a form that does not. A room's id is the app's. */
function sampleOf(schema: Schema, name = ''): unknown {
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.entries ?? {}).map(([key, each]) => [key, sampleOf(each, key)]))
    case 'string':
      return name !== 'roomId' && v.is(schema as unknown as v.GenericSchema, PERSONAL) ? PERSONAL : 'id'
    case 'record':
      return { of: PERSONAL }
    case 'array':
      return [sampleOf(schema.item as Schema)]
    case 'optional':
    case 'nullable':
      return sampleOf(schema.wrapped as Schema, name)
    case 'literal':
      return schema.literal
    case 'picklist':
      return schema.options?.[0]
    case 'number':
      return 1
    case 'boolean':
      return true
    default:
      throw new Error(`a sample of ${schema.type}`)
  }
}

const recordOf = (schema: unknown): StoredRecord => ({
  seq: 1,
  at: 1,
  by: 'id',
  v: EVENT_VERSION,
  event: sampleOf(schema as Schema) as RoomEvent,
  secret: { session: { identity: PERSONAL } },
})
const records = roomEvent.options.map(recordOf)
const personal = records.filter(({ event }) => JSON.stringify(event).includes(PERSONAL))

test('the events that hold a name or a text of a person are known', () => {
  expect(personal.map(({ event }) => event.type).sort()).toEqual(['chat.sent', 'participant.joined'])
})

test.each(records)('$event.type of an erased identity holds nothing of the person [R3.15]', (record) => {
  const left = withoutPerson(record)
  expect(JSON.stringify(left)).not.toContain(PERSONAL)
  expect(left.event.type).toBe(record.event.type)
})

test.each(records)(
  '$event.type about a message that was deleted loses its text, and any other stays as it is',
  (record) => {
    const { event } = record
    if (event.type !== 'chat.sent') return expect(withoutText(record, 'id')).toBe(record)
    expect(withoutText(record, 'id').event).toEqual({ ...event, message: { ...event.message, text: '' } })
    expect(withoutText(record, 'another')).toBe(record)
  },
)
