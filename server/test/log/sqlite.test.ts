import { sqliteLog } from '../../src/log/sqlite'
import { describeRoomLog } from '../contract/room-log'
import { FakeClock } from '../fakes/fake-clock'

describeRoomLog('the sqlite log in memory', () => {
  const clock = new FakeClock()
  return { log: sqliteLog(':memory:', { clock }), now: () => clock.now(), advance: (ms) => clock.advance(ms) }
})
