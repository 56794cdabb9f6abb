import { expect, test } from 'vitest'
import { seededRandom } from '../../src/testing/seeded-random'
import { heard, openRoom, say } from '../harness/test-room'

test('drop loses messages on their way up: the server never hears of them, and the connection goes on', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  const drop = server.faults.drop({ direction: 'up', type: 'chat.send', times: 1 })
  ada.say({ ...say('lost'), id: 1 })
  await drop.happened()
  expect(await ada.ask(say('kept'), 2)).toMatchObject({ ok: true })
  expect(heard(ada)).toEqual(['kept'])
  expect(drop.count).toBe(1)
})

test('drop loses messages on their way down, by the type of the message or of the event in it', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  const replies = server.faults.drop({ direction: 'down', type: 'reply' })
  const events = server.faults.drop({ direction: 'down', type: 'chat.sent', times: 1 })
  ada.say({ ...say('not told'), id: 1 })
  await replies.happened()
  await events.happened()
  replies.lift()
  expect(await ada.ask(say('told'), 2)).toMatchObject({ ok: true })
  expect(heard(ada)).toEqual(['told'])
  expect(ada.received.filter(({ type }) => type === 'reply')).toHaveLength(1)
})

test('a fault happens to whom it is for, and where its predicate says so', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  server.faults.drop({ direction: 'down', type: 'chat.sent', identity: 'bob' })
  const secret = server.faults.drop({
    direction: 'up',
    when: (message) => message.type === 'chat.send' && message.text === 'secret',
  })
  ada.say({ ...say('secret'), id: 1 })
  await ada.ask(say('open'), 2)
  await bob.roundTrip()
  expect([heard(ada), heard(bob), secret.count]).toEqual([['open'], [], 1])
})

test('of a frame of many messages only those are lost that the fault is for', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  server.faults.drop({ direction: 'up', when: (message) => 'id' in message && message.id === 2 })
  ada.say({ ...say('one'), id: 1 }, { ...say('two'), id: 2 }, { ...say('three'), id: 3 })
  await ada.reply(3)
  expect(heard(ada)).toEqual(['one', 'three'])
})

test('duplicate lets a command arrive twice; the server does it once and answers twice alike', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  server.faults.duplicate({ direction: 'up', type: 'chat.send' })
  await ada.ask(say('once'), 1)
  await ada.roundTrip()
  const replies = ada.received.filter(({ type }) => type === 'reply')
  expect(replies).toHaveLength(2)
  expect(replies[1]).toEqual(replies[0])
  expect(heard(ada)).toEqual(['once'])
})

test('duplicate lets an event arrive twice', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  server.faults.duplicate({ direction: 'down', type: 'chat.sent', times: 1 })
  await ada.ask(say('twice'), 1)
  await ada.ask(say('once'), 2)
  expect(heard(ada)).toEqual(['twice', 'twice', 'once'])
})

test('delay holds a message and all behind it until it is lifted: the order stays', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const delay = server.faults.delay({ direction: 'up', type: 'chat.send', identity: 'ada', times: 1 })
  ada.say({ ...say('first'), id: 1 })
  ada.say({ ...say('second'), id: 2 })
  await delay.happened()
  await bob.ask(say('meanwhile'))
  expect(heard(bob)).toEqual(['meanwhile'])
  delay.lift()
  await ada.reply(2)
  expect(heard(ada)).toEqual(['meanwhile', 'first', 'second'])
})

test('delay by milliseconds ends by the clock of the server', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  const delay = server.faults.delay({ direction: 'up', type: 'chat.send', ms: 10_000 })
  ada.say({ ...say('late'), id: 1 })
  await delay.happened()
  await server.clock.advance(10_000)
  expect(await ada.reply(1)).toMatchObject({ ok: true })
})

test('what is delayed still arrives when its client has gone: a late word of an old connection', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const delay = server.faults.delay({ direction: 'up', type: 'chat.send', identity: 'bob' })
  bob.say({ ...say('my last words'), id: 1 })
  await delay.happened()
  bob.cut()
  await bob.closed
  delay.lift()
  await expect.poll(() => heard(ada)).toEqual(['my last words'])
  expect(await ada.next('presence')).toMatchObject({ presence: 'reconnecting' })
})

test('closeAt a reply: the command is done, the answer is lost, and asking again gets it', async () => {
  const { server, enter } = await openRoom()
  const first = await enter('ada')
  const lost = server.faults.closeAt({ direction: 'down', type: 'reply', times: 1 })
  first.say({ ...say('once'), id: 1 })
  expect(await first.closed).toBe(1006)
  expect([heard(first), lost.count]).toEqual([['once'], 1])
  const again = await enter('ada', { session: first.hello.session, joinId: first.hello.joinId, attempt: 2 })
  expect(await again.ask(say('once'), 1)).toMatchObject({ ok: true })
  expect((await again.welcome()).room?.messages).toHaveLength(1)
})

test('closeAt with a code, and what comes behind in the frame is lost', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  server.faults.closeAt({ direction: 'up', identity: 'bob', when: isSecond, code: 1012 })
  const behind = server.faults.drop({ direction: 'up', when: (message) => 'id' in message && message.id === 3 })
  bob.say({ ...say('one'), id: 1 }, { ...say('two'), id: 2 }, { ...say('three'), id: 3 })
  expect(await bob.goodbye()).toMatchObject({ code: 'draining', close: 1012 })
  await ada.next('presence')
  expect([heard(ada), behind.count]).toEqual([['one'], 0])
})

test('with a probability it happens by the seed: the same seed, the same messages', async () => {
  const outcome = async () => {
    const drop = { direction: 'up', type: 'chat.send', probability: 0.5 } as const
    const { server, enter } = await openRoom({ seed: 7, faults: { drop } })
    const ada = await enter('ada')
    for (let id = 1; id <= 10; id++) ada.say({ ...say(`${id}`), id })
    await ada.roundTrip()
    expect(server.seed).toBe(7)
    return heard(ada)
  }
  const draw = seededRandom(7)
  const kept = Array.from({ length: 10 }, (_, i) => (draw() < 0.5 ? [] : [`${i + 1}`])).flat()
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(10)
  expect(await outcome()).toEqual(kept)
  expect(await outcome()).toEqual(kept)
})

test('clear lifts everything; what was held goes on', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  const delay = server.faults.delay({ direction: 'up', type: 'chat.send' })
  server.faults.drop({ direction: 'down', type: 'reply' })
  server.faults.log.fail()
  ada.say({ ...say('held'), id: 1 })
  await delay.happened()
  server.faults.clear()
  expect(await ada.reply(1)).toMatchObject({ ok: true })
})

const isSecond = (message: object) => 'id' in message && message.id === 2
