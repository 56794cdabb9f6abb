import { expect, test } from 'vitest'
import { runServer } from '../harness/running-server'

/** The wish of a page whose socket was lost, on its next one: go on in the same session. */
const resuming = { attempt: 2, joinId: 'the-same-stay' }

test('a superseded one never comes back by itself, though its line was down when it was told [R2.7]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const phone = await enter('hall', 'bob', { joinId: resuming.joinId })
  const { seq, instance } = await phone.welcome()
  phone.say({ type: 'chat.send', id: 1, text: 'said once' })
  await host.event('chat.sent')
  phone.cut()
  await host.next('presence')
  const laptop = await enter('hall', 'bob')
  await laptop.welcome()

  const back = await enter('hall', 'bob', { ...resuming, session: phone.hello.session, seq, instance })
  expect(await back.goodbye()).toMatchObject({ code: 'superseded', close: 4409 })
  expect(await laptop.ask({ type: 'chat.send', text: 'undisturbed' })).toMatchObject({ ok: true })
})

test('a client that starts anew in an older session takes the seat over like any other [R2.5]', async () => {
  const { enter } = await runServer()
  const phone = await enter('hall', 'bob', { joinId: resuming.joinId })
  const { self } = await phone.welcome()
  const laptop = await enter('hall', 'bob')
  await laptop.welcome()
  await phone.goodbye()

  const chosen = await enter('hall', 'bob', { ...resuming, session: phone.hello.session })
  expect((await chosen.welcome()).self).toBe(self)
  expect(await laptop.goodbye()).toMatchObject({ code: 'superseded' })
})
