import type { ServerMessageOf } from '@peerstage/sdk/protocol'
import { evolve } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { memoryLog, REPLAY_WINDOW } from '../../src/index'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'
import type { TestClient, TestClientOptions } from '../harness/test-client'

/** The hello of the same page after a lost socket. */
const again = ({ hello }: TestClient, from: { seq: number; instance: string }, attempt = 2): TestClientOptions => ({
  session: hello.session,
  joinId: hello.joinId,
  attempt,
  seq: from.seq,
  instance: from.instance,
})

const seqs = (welcome: ServerMessageOf<'welcome'>) => welcome.events?.map((each) => each.seq)

test('no logged event is lost or doubled across a resume [R3.4]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  const first = await bob.welcome()
  bob.cut()
  await host.next('presence')
  for (const text of ['one', 'two', 'three']) await host.ask({ type: 'chat.send', text })

  const back = await enter('hall', 'bob', again(bob, first))
  const welcome = await back.welcome()
  expect(welcome).toMatchObject({ self: first.self, resumed: true, instance: first.instance })
  expect(welcome.room).toBeUndefined()
  expect(seqs(welcome)).toEqual([first.seq + 1, first.seq + 2, first.seq + 3])
  await host.ask({ type: 'chat.send', text: 'four' })
  await back.event('chat.sent')

  const events = [...(welcome.events ?? []), ...back.events().map((each) => each.logged)]
  const folded = events.reduce((room, event) => evolve(room, event), first.room)
  expect(folded?.messages.map((each) => each.text)).toEqual(['one', 'two', 'three', 'four'])
  expect(folded?.participants).toHaveLength(2)
})

test('a resume writes nothing, and no participant is seen to leave [R2.3, R3.4]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  const first = await bob.welcome()
  bob.cut()
  await host.until((m) => m.type === 'presence' && m.presence === 'reconnecting')
  const back = await enter('hall', 'bob', again(bob, first))
  expect(await back.welcome()).toMatchObject({ seq: first.seq, events: [] })
  expect(await host.until((m) => m.type === 'presence' && m.presence === 'connected')).toMatchObject({
    participantId: first.self,
  })
  expect(host.events().map((each) => each.logged.event.type)).toEqual(['participant.joined'])
})

test('where the replay window ends, a snapshot comes with resumed:false [R3.5]', async () => {
  const clock = new FakeClock()
  const { enter } = await runServer({ log: memoryLog(clock) })
  const host = await enter('hall', 'ada', { role: 'host' })
  const first = await host.welcome()
  await host.ask({ type: 'chat.send', text: 'long ago' })
  // Two minutes later it is the same page, kept alive by another connection of its session.
  const second = await enter('hall', 'ada', { role: 'host', ...again(host, first) })
  await second.welcome()
  clock.advance(REPLAY_WINDOW.ms / 2)
  await second.ask({ type: 'chat.send', text: 'later' })
  clock.advance(REPLAY_WINDOW.ms / 2 + 1)
  const third = await enter('hall', 'ada', { role: 'host', ...again(host, first, 3) })
  const welcome = await third.welcome()
  expect(welcome).toMatchObject({ self: first.self, resumed: false })
  expect(welcome.events).toBeUndefined()
  expect(welcome.room?.messages.map((each) => each.text)).toEqual(['long ago', 'later'])
})

test('another instance, or a seq from the future, gets a snapshot', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  const first = await host.welcome()
  const other = await enter('hall', 'ada', { role: 'host', ...again(host, { seq: 1, instance: 'another' }) })
  expect(await other.welcome()).toMatchObject({ resumed: false, room: { seq: first.seq } })
  const future = await enter('hall', 'ada', { role: 'host', ...again(host, { ...first, seq: 99 }, 3) })
  expect(await future.welcome()).toMatchObject({ resumed: false, room: { seq: first.seq } })
})

test('a command that comes again is answered again, and happens once [R3.6]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  const first = await host.welcome()
  const reply = await host.ask({ type: 'chat.send', text: 'once' }, 7)
  host.cut()
  const back = await enter('hall', 'ada', { role: 'host', ...again(host, first) })
  expect(await back.welcome()).toMatchObject({ lastCommandId: 7 })
  expect(await back.ask({ type: 'chat.send', text: 'once' }, 7)).toEqual(reply)
  const newcomer = await enter('hall', 'bob')
  expect((await newcomer.welcome()).room?.messages.map((each) => each.text)).toEqual(['once'])
})
