// Processes that end without a word, and disks that end: what was kept is kept.
import { once } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import { LogFolder } from '../harness/log-folder'
import { built, start, startOnADiskOf } from '../harness/own-process'

let program: string

beforeAll(async () => {
  program = await built('../harness/writing-process.ts', import.meta.url)
})

/** The last seq that was said of each room, in whole lines only. */
function lastSaid(said: string): Map<string, number> {
  const lines = said.slice(0, said.lastIndexOf('\n')).split('\n')
  const batches = lines.flatMap((line) => /^(room-\S+) (\d+)$/.exec(line) ?? [])
  const last = new Map<string, number>()
  for (let i = 0; i < batches.length; i += 3) last.set(batches[i + 1] ?? '', Number(batches[i + 2]))
  return last
}

/** Opens the file, and holds it against what was said: rooms fold to the end without a gap, and are no older than was said. */
async function compare(files: LogFolder, said: Map<string, number>): Promise<void> {
  const log = files.open()
  for (const [roomId, seq] of said) {
    const { state } = await log.load(roomId)
    expect(state?.room.seq, roomId).toBeGreaterThanOrEqual(seq)
    const instance = state?.room.instance ?? ''
    const replayed = (await log.since(roomId, instance, seq)) ?? []
    expect(replayed).toHaveLength((state?.room.seq ?? 0) - seq)
    const { messages } = await log.history(roomId, { limit: 4 })
    expect(messages.at(-1), roomId).toEqual(state?.room.messages.at(-1))
  }
  await log.close()
}

test('a process that is killed at any instant loses no batch that was kept [R3.1, R3.13]', async () => {
  const files = new LogFolder()
  const kept = new Map<string, number>()
  for (let round = 0; round < 20; round++) {
    const { child, said } = start([program, files.path, '5', String(round)])
    const lines = 6 + Math.floor(Math.random() * 400)
    while (said().split('\n').length < lines) await once(child.stdout, 'data')
    const exit = once(child, 'close')
    child.kill('SIGKILL')
    expect(await exit).toEqual([null, 'SIGKILL'])
    for (const [roomId, seq] of lastSaid(said())) kept.set(roomId, seq)
    await compare(files, kept)
  }
  expect(kept.size).toBe(100)
})

const testOnUnix = test.skipIf(process.platform === 'win32') // Windows bounds no process in what it writes.

testOnUnix('a disk that ends takes the log down, not the process, and no batch that was kept', async () => {
  const files = new LogFolder()
  const { child, said } = startOnADiskOf(2048, [program, files.path, '5'])
  expect(await once(child, 'close')).toEqual([0, null])
  const last = lastSaid(said())
  expect(said()).toMatch(/^down The disk (has failed|is full)/m)
  expect(said()).toMatch(/^alive \d+$/m)
  expect(last.size).toBe(5)
  await compare(files, last)
})
