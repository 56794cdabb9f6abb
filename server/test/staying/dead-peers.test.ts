import { expect, test } from 'vitest'
import { capturedLog } from '../harness/captured-log'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { runServer } from '../harness/running-server'
import { rejections } from '../harness/scrape'

async function two() {
  const clock = new FakeClock()
  const captured = capturedLog()
  const running = await runServer({ clock, logger: captured.logger })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  // A paused socket is half-open: it neither answers a ping nor sees that it is cut.
  bob.socket.pause()
  return { ...running, clock, captured, host, bobId }
}

test('a peer given up as dead is counted once, and has a line by which it can be followed [R7.13]', async () => {
  const { url, clock, captured, host } = await two()
  await passTime(clock, 25_000, host)
  expect(await rejections(url, 'dead')).toBe(0)
  await passTime(clock, 5000, host)
  await host.next('presence')
  await passTime(clock, 60_000, host)
  expect(await rejections(url, 'dead')).toBe(1)
  const verified = captured.lines().filter((line) => line.msg === 'a connection was verified')
  expect(captured.audit()).toMatchObject([{ reason: 'dead', room: 'hall', connection: verified[1]?.connection }])
})

test('a client that does not answer its goodbye was counted by that, and not as dead too', async () => {
  const { url, clock, host, bobId } = await two()
  await host.ask({ type: 'moderation.kick', participantId: bobId })
  await passTime(clock, 60_000, host)
  expect(await rejections(url, 'removed')).toBe(1)
  expect(await rejections(url, 'dead')).toBe(0)
})
