import { expect, test } from 'vitest'
import { FakeClock } from '../fakes/fake-clock'
import { capturedLog } from './captured-log'
import { runServer } from './running-server'

/** A clock that throws once, when a test wants it to: a fault of our own where a message is weighed. */
class FaultyClock extends FakeClock {
  isFaulty = false

  override now(): number {
    if (!this.isFaulty) return super.now()
    this.isFaulty = false
    throw new Error('the clock has stopped')
  }
}

test('no input ends the process: a fault of our own while a message is taken ends that connection, and it may come again', async () => {
  const clock = new FaultyClock()
  const captured = capturedLog()
  const { enter } = await runServer({ clock, logger: captured.logger })
  const [ada, bob] = [await enter('hall', 'ada', { role: 'host' }), await enter('hall', 'bob')]
  await Promise.all([ada.welcome(), bob.welcome()])
  clock.isFaulty = true
  bob.say({ type: 'heartbeat' })
  expect(await bob.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  expect(captured.text()).toContain('the clock has stopped')
  expect(await ada.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})
