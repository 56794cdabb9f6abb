import { expect, test } from 'vitest'
import { PROBE_EVERY_MS, watchLog } from '../../src/hosting/log-health'
import { LogUnavailable, memoryLog } from '../../src/index'
import { LogFull } from '../../src/ports/log-unavailable'
import { alteredLog } from '../harness/altered-log'
import { FakeClock } from '../harness/fake-clock'

const broken = () => Promise.reject(new LogUnavailable('broken by a test'))

function watched(changes: Parameters<typeof alteredLog>[1]) {
  const clock = new FakeClock()
  const lines: string[] = []
  const note = (_: object, message: string) => void lines.push(message)
  const logger = { debug: note, info: note, warn: note, error: note }
  const log = watchLog(alteredLog(memoryLog(clock), changes), clock, logger)
  /** Until a probe that is under way has come back. */
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, log, lines, settled }
}

test('what cannot be read while it can be written does not take the log down', async () => {
  const { log, lines, settled } = watched({ load: broken })
  await expect(log.load('hall')).rejects.toThrow(LogUnavailable)
  await settled()
  expect(log.isUp).toBe(true)
  expect(lines).toEqual(['the log could not be read, though it can be written'])
})

test('a read that fails shows that the log is down where a probe fails as well; reads are tried all the same', async () => {
  let reads = 0
  const load = () => {
    reads++
    return broken()
  }
  const { log, lines, clock, settled } = watched({ load, probe: broken })
  await expect(log.load('hall')).rejects.toThrow(LogUnavailable)
  await settled()
  expect(log.isUp).toBe(false)
  await expect(log.load('hall')).rejects.toThrow(LogUnavailable)
  expect(reads).toBe(2)
  expect(lines).toHaveLength(1)
  expect(clock.pending).toEqual([PROBE_EVERY_MS])
})

test('every write is rejected without a try while it is down', async () => {
  let writes = 0
  const forget = () => {
    writes++
    return broken()
  }
  const { log } = watched({ forget })
  await expect(log.forget('hall', 'first')).rejects.toThrow('broken by a test')
  await expect(log.forget('hall', 'first')).rejects.toThrow('The log is down.')
  await expect(log.eraseIdentity('ada')).rejects.toThrow('The log is down.')
  await expect(log.eraseRoom('hall')).rejects.toThrow(LogUnavailable)
  expect(writes).toBe(1)
})

test('while it is down because it is full, rooms are let go and erased, and nothing else is tried [R3.12]', async () => {
  const tried: string[] = []
  const full = (what: string) => async () => {
    tried.push(what)
    if (what === 'eraseIdentity' || what === 'probe') throw new LogFull('full by a test')
  }
  const { log, clock, settled } = watched({
    forget: full('forget'),
    eraseRoom: full('eraseRoom'),
    eraseIdentity: full('eraseIdentity'),
    probe: full('probe'),
  })
  await expect(log.eraseIdentity('ada')).rejects.toThrow('full by a test')
  await expect(log.eraseIdentity('ada')).rejects.toThrow('The log is down.')
  await log.forget('hall', 'first')
  await log.eraseRoom('hall')
  expect(log.isUp).toBe(false)
  clock.advance(PROBE_EVERY_MS)
  await settled()
  await log.forget('hall', 'second')
  expect(log.isUp).toBe(false)
  expect(tried).toEqual(['eraseIdentity', 'forget', 'eraseRoom', 'probe', 'forget'])
})

test('a probe that hangs is the only one, and a log that is closed is probed no more', async () => {
  let probes = 0
  const probe = () => {
    probes++
    return new Promise<void>(() => {})
  }
  const { log, clock } = watched({ forget: broken, probe })
  await expect(log.forget('hall', 'first')).rejects.toThrow(LogUnavailable)
  clock.advance(10 * PROBE_EVERY_MS)
  expect({ probes, pending: clock.pending }).toEqual({ probes: 1, pending: [] })

  const other = watched({ forget: broken })
  await expect(other.log.forget('hall', 'first')).rejects.toThrow(LogUnavailable)
  await other.log.close()
  expect(other.clock.pending).toEqual([])
})
