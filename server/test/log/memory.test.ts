import { expect, test } from 'vitest'
import { memoryLog } from '../../src/log/memory/memory-log'
import { describeChatArchive } from '../contract/chat-archive'
import { describeEventLog } from '../contract/event-log'
import { LogWriter } from '../contract/log-writer'
import { describeRecordSource, type OpenedSource } from '../contract/record-source'
import { FakeClock } from '../harness/fake-clock'

const openMemory = (): OpenedSource => {
  const clock = new FakeClock()
  return { log: memoryLog(clock), now: () => clock.now(), advance: (ms) => clock.advance(ms) }
}
describeEventLog('the memory log', openMemory)
describeChatArchive('the memory log', openMemory)
describeRecordSource('the memory log', openMemory)

test('a ban is kept, however many rooms without one are ended after it; ten thousand rooms that have one are too many', async () => {
  const clock = new FakeClock()
  const log = memoryLog(clock)
  const room = (id: string) => new LogWriter(log, id, 'first', () => clock.now())
  const bans = [{ id: 'ban-1', identity: 'eve', name: 'Eve', at: 5 }]
  await room('first').open({ bans })
  for (let i = 0; i < 10_001; i++) {
    const other = room(`other-${i}`)
    await other.open()
    await other.end()
    await log.forget(`other-${i}`, 'first')
    clock.advance(100)
  }
  expect((await log.load('first')).bans).toEqual(bans)
  for (let i = 0; i < 10_000; i++) await room(`banning-${i}`).open({ bans })
  expect((await log.load('first')).bans).toEqual([])
  expect((await log.load('banning-0')).bans).toEqual(bans)
})
