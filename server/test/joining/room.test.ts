import { expect, test } from 'vitest'
import { description } from '../harness/description'
import { runServer } from '../harness/running-server'

test('dev mode: the first one in is host, and chat reaches everybody once', async () => {
  const { connect } = await runServer({ dev: true })
  const ada = connect('hall', { name: 'Ada' })
  const { self, room } = await ada.welcome()
  expect(room?.participants).toMatchObject([{ id: self, name: 'Ada', role: 'host' }])
  const bob = connect('hall', { name: 'Bob' })
  const welcome = await bob.welcome()
  expect(welcome.room?.participants.map((each) => each.role)).toEqual(['host', 'guest'])
  expect((await ada.event('participant.joined')).logged.event).toMatchObject({ participant: { name: 'Bob' } })

  const reply = await ada.ask({ type: 'chat.send', text: 'hello' })
  expect(reply.ok).toBe(true)
  const sent = await bob.event('chat.sent')
  expect(sent.logged.event).toMatchObject({ message: { text: 'hello', participantId: self } })
  expect(bob.events('chat.sent')).toHaveLength(1)
})

test('the author gets its event, then its reply [R3.8]', async () => {
  const { connect } = await runServer({ dev: true })
  const ada = connect('hall')
  await ada.welcome()
  const reply = await ada.ask({ type: 'chat.send', text: 'hello' })
  const types = ada.received.map((message) => message.type)
  expect(types).toEqual(['welcome', 'event', 'reply'])
  expect(reply).toMatchObject({ ok: true, seq: ada.events('chat.sent')[0]?.logged.seq })
})

test('the server stamps who spoke: signals and casts reach whom they are for, with their sender [R5.9]', async () => {
  const { connect } = await runServer({ dev: true })
  const ada = connect('hall')
  const { self: adaId } = await ada.welcome()
  const bob = connect('hall')
  const { self: bobId, room } = await bob.welcome()
  const born = room?.edges[0]?.born ?? 0
  const body = { type: 'offer', sdp: description(), layout: 1 } as const
  ada.say(
    { type: 'signal', to: bobId, epoch: { born, n: 0 }, order: 0, body },
    { type: 'cast', cast: { type: 'reaction', emoji: '🔥' } },
  )
  expect(await bob.next('signal')).toEqual({ type: 'signal', from: adaId, epoch: { born, n: 0 }, order: 0, body })
  expect(await bob.next('cast')).toEqual({ type: 'cast', from: adaId, cast: { type: 'reaction', emoji: '🔥' } })
})

test('who leaves is answered and gone at once [R4.2]', async () => {
  const { connect } = await runServer({ dev: true })
  const ada = connect('hall')
  const bob = connect('hall')
  await ada.welcome()
  const { self: bobId } = await bob.welcome()
  expect(await bob.ask({ type: 'leave' })).toMatchObject({ ok: true })
  expect(await bob.goodbye()).toEqual({ code: undefined, close: 1000 })
  expect((await ada.event('participant.left')).logged.event).toMatchObject({ participantId: bobId, reason: 'left' })
})
