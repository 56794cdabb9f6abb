import { memoryLog } from '../../src/log/memory'
import { describeRoomLog } from '../contract/room-log'
import { FakeClock } from '../fakes/fake-clock'

describeRoomLog('the memory log', () => {
  const clock = new FakeClock()
  return { log: memoryLog(clock), now: () => clock.now(), advance: (ms) => clock.advance(ms) }
})
