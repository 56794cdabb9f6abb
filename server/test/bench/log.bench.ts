// What keeping batches costs: the log on disk against the one in memory, in the same run. Quote the ratio, not the times.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryLog } from '../../src/log/memory/memory-log'
import { sqliteLog } from '../../src/log/sqlite/sqlite-log'
import type { RoomLog } from '../../src/ports/room-log'
import { LogWriter } from '../contract/log-writer'

const ROOMS = 25
const COMMANDS = 20
const BATCHES = 200

/** Rooms with one person in each. Their texts are as long as chat messages are. */
async function openRooms(log: RoomLog): Promise<LogWriter[]> {
  const rooms = Array.from({ length: ROOMS }, (_, i) => new LogWriter(log, `room-${i}`, 'first', Date.now))
  for (const room of rooms) {
    await room.open()
    await room.join('ada')
  }
  return rooms
}

/** Milliseconds that each turn of the event loop took, in which every room says something for each of its people. */
async function batches(log: RoomLog): Promise<number[]> {
  const rooms = await openRooms(log)
  const took: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const began = performance.now()
    const texts = Array.from(
      { length: COMMANDS },
      (_, n) => `${batch}.${n} what people say in a chat is about as long as this`,
    )
    await Promise.all(rooms.map((room) => room.say('ada', ...texts)))
    took.push(performance.now() - began)
    for (const room of rooms) room.records.length = 0
  }
  await log.close()
  return took.sort((a, b) => a - b)
}

const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0)
const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN

test.each(['process', 'full'] as const)(
  `${ROOMS} rooms × ${COMMANDS} messages a batch, durability %s`,
  async (durability) => {
    const folder = mkdtempSync(join(tmpdir(), 'peerstage-bench-'))
    const path = join(folder, 'rooms.db')
    await batches(memoryLog())
    const memory = await batches(memoryLog())
    const disk = await batches(sqliteLog(path, { durability }))
    const bytes = statSync(path).size / (BATCHES * ROOMS * COMMANDS)
    rmSync(folder, { recursive: true })
    const ratio = sum(disk) / sum(memory)
    const p = (all: number[]) => `median ${at(all, 0.5).toFixed(1)} ms, 99 % within ${at(all, 0.99).toFixed(1)} ms`
    console.log(
      `durability ${durability}: ${ratio.toFixed(1)} × the memory log (${p(disk)} a batch, against ${p(memory)}); ` +
        `${((BATCHES * ROOMS * COMMANDS * 1000) / sum(disk)).toFixed(0)} messages a second, ${bytes.toFixed(0)} bytes of file each`,
    )
    expect(ratio).toBeGreaterThan(0)
  },
)
