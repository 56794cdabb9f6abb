import { setImmediate as afterThisTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Recovery } from '../../src/hosting/recovery'
import { memoryLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { FakeClock } from '../harness/fake-clock'

/** Turns of the event loop that come when a test says so. */
class TurnClock extends FakeClock {
  #next: (() => void)[] = []

  override nextTurn(callback: () => void): void {
    this.#next.push(callback)
  }

  async turn(): Promise<void> {
    for (const callback of this.#next.splice(0)) callback()
    await afterThisTurn()
  }
}

test('rooms are taken up four in a turn of the event loop, however many there are', async () => {
  const clock = new TurnClock()
  const open = Array.from({ length: 10 }, (_, i) => ({ roomId: `room-${i}`, instance: 'first', participants: 1 }))
  const loaded: string[] = []
  const rooms = {
    load: async (roomId: string) => loaded.push(roomId) > 0,
    whileClosed: () => undefined,
  }
  const log = alteredLog(memoryLog(), { openRooms: async () => open })
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const recovery = new Recovery({ rooms, log, clock, logger })
  const done = recovery.start()
  const counts: number[] = []
  for (let i = 0; i < 4; i++) {
    await afterThisTurn()
    counts.push(loaded.length)
    await clock.turn()
  }
  expect(counts).toEqual([0, 4, 8, 10])
  await done
  expect(recovery.isDone).toBe(true)
})
