import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'
import { scrape } from '../harness/scrape'

const text = async (url: string) => (await fetch(`${url}/metrics`)).text()

test('rooms, sockets and participants by role are those of now', async () => {
  const { url, enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  await (await enter('hall', 'bob', { role: 'viewer' })).welcome()
  await (await enter('lobby', 'eve', { role: 'viewer' })).welcome()
  const held = await enter('lobby', 'may', { intent: 'hold' })
  await held.next('held')
  expect(await scrape(url, 'peerstage_rooms')).toBe(2)
  expect(await scrape(url, 'peerstage_sockets')).toBe(4)
  expect(await scrape(url, 'peerstage_participants{role="host"}')).toBe(1)
  expect(await scrape(url, 'peerstage_participants{role="viewer"}')).toBe(2)
  expect(await scrape(url, 'peerstage_participants{role="guest"}')).toBe(0)
  await host.ask({ type: 'leave' })
  await expect.poll(() => scrape(url, 'peerstage_participants{role="host"}')).toBe(0)
})

test('commands are counted by type and outcome, those of the session too', async () => {
  const { url, enter } = await runServer({ clock: new FakeClock(), limits: { chatBurst: 1 } })
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  for (let i = 0; i < 2; i++) await bob.ask({ type: 'chat.send', text: 'hi' })
  await bob.ask({ type: 'moderation.lock' })
  await bob.ask({ type: 'session.refresh', token: 'nonsense' })
  await bob.ask({ type: 'leave' })
  const count = (type: string, outcome: string) =>
    scrape(url, `peerstage_commands_total{type="${type}",outcome="${outcome}"}`)
  expect(await count('chat.send', 'ok')).toBe(1)
  expect(await count('chat.send', 'rate_limited')).toBe(1)
  expect(await count('moderation.lock', 'forbidden')).toBe(1)
  expect(await count('session.refresh', 'unauthorized')).toBe(1)
  expect(await count('leave', 'ok')).toBe(1)
})

test('resumes are counted by outcome: the missed events, or a snapshot', async () => {
  const { url, enter } = await runServer()
  const ada = await enter('hall', 'ada', { role: 'host' })
  const { seq, instance } = await ada.welcome()
  const { session, joinId } = ada.hello
  const again = (attempt: number, from: object) =>
    enter('hall', 'ada', { role: 'host', session, joinId, attempt, ...from })
  await (await again(2, { seq, instance })).welcome()
  await (await again(3, { seq, instance: 'another' })).welcome()
  expect(await scrape(url, 'peerstage_resumes_total{outcome="events"}')).toBe(1)
  expect(await scrape(url, 'peerstage_resumes_total{outcome="snapshot"}')).toBe(1)
})

test('turns and the lag of the event loop are measured', async () => {
  const { url, enter } = await runServer()
  const ada = await enter('hall', 'ada', { role: 'host' })
  await ada.welcome()
  await ada.ask({ type: 'chat.send', text: 'hi' })
  expect(await scrape(url, 'peerstage_batch_seconds_count')).toBeGreaterThanOrEqual(2)
  expect(await scrape(url, 'peerstage_batch_seconds_sum')).toBeGreaterThan(0)
  expect(await text(url)).toMatch(/peerstage_event_loop_lag_seconds\{quantile="0.99"\} \d/)
  // A loop that is kept busy is late, and the next scrape tells.
  const until = performance.now() + 200
  while (performance.now() < until);
  await expect.poll(() => scrape(url, 'peerstage_event_loop_lag_seconds{quantile="1"}')).toBeGreaterThan(0)
})

test('what waits for a slow reader is counted in bytes', async () => {
  const limits = { castBurst: 1_000_000, castByteBurst: 1024 ** 3 }
  const { url, enter } = await runServer({ clock: new FakeClock(), limits })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const slow = await enter('hall', 'slow')
  const { self } = await slow.welcome()
  slow.socket.pause()
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to: [self] } }
  // More than the buffers of both operating systems take.
  for (let i = 0; i < 300; i++) host.say(...Array(7).fill(cast))
  await host.roundTrip()
  expect(await scrape(url, 'peerstage_queued_bytes')).toBeGreaterThan(8000)
})

test('no client adds a series: whatever it sends, the labels are words of the server', async () => {
  const { url, enter } = await runServer()
  const names = async () => (await text(url)).split('\n').map((line) => line.split(' ')[0])
  const provoke = async (word: string) => {
    const ada = await enter(word, word, { role: 'host', client: word })
    await ada.welcome()
    ada.raw(`[{"type":"${word}","id":1,"role":"${word}"}]`)
    ada.raw(`[{"type":"chat.delete","id":2,"messageId":"${word}"}]`)
    await ada.ask({ type: 'moderation.kick', participantId: word }, 3)
    ada.cut()
    await expect.poll(() => scrape(url, 'peerstage_sockets')).toBe(0)
  }
  await provoke('first')
  const before = await names()
  for (const word of ['second', 'third', 'fourth']) await provoke(word)
  expect(await names()).toEqual(before)
})
