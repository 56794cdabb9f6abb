import type { FakeClock } from './fake-clock'
import type { TestClient } from './test-client'

const STEP_MS = 5000

/** Advances the clock in small steps. Each client answers in between, so that no socket counts as dead. */
export async function passTime(clock: FakeClock, ms: number, ...alive: TestClient[]): Promise<void> {
  for (let left = ms; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(left, STEP_MS))
    for (const client of alive) await client.roundTrip()
  }
}
