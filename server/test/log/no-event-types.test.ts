// A log keeps records of any type: what a record means for chat, bans and endings is said by the slices of server/src/room.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { roomEvent } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'

const FOLDER = fileURLToPath(new URL('../../src/log/', import.meta.url))
const TYPES = roomEvent.options.map(({ entries }) => entries.type.literal)
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

test('there are event types, and files that could name them', () => {
  expect(TYPES).toContain('chat.sent')
  expect(files).toContain(join('sqlite', 'records.ts'))
})

test.each(files)('%s names no event type', (file) => {
  const source = readFileSync(join(FOLDER, file), 'utf8')
  expect(TYPES.filter((type) => source.includes(type))).toEqual([])
  expect(source).not.toMatch(/\bevent\.type\b|\bRoomEvent(Of)?\b/)
})
