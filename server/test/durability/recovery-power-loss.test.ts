import { evolve } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { LogFolder } from '../harness/log-folder'
import { goingOn, RestartableServer } from '../harness/restartable-server'
import type { Store } from '../harness/stores'

test('who heard of what the power took gets the room as it is, though its seq has been passed [R3.3, R3.16]', async () => {
  const clock = new FakeClock()
  const folder = new LogFolder()
  const store: Store = { open: () => folder.open({ clock }), release: (log) => log.close() }
  const house = new RestartableServer(store, { clock })
  const first = await house.start()
  const ada = await first.enter('hall', 'ada', { role: 'host' })
  const bob = await first.enter('hall', 'bob')
  const { self } = await bob.welcome()
  folder.reachesTheDisk()
  await ada.ask({ type: 'chat.send', text: 'lost' })
  await bob.event('chat.sent')
  await house.kill()
  folder.losesPower()

  const second = await house.start()
  const adaAgain = second.connect('hall', { token: ada.hello.token, ...(await goingOn(ada)) })
  expect(await adaAgain.welcome()).toMatchObject({ resumed: false, room: { messages: [] } })
  for (const text of ['kept', 'kept too']) await adaAgain.ask({ type: 'chat.send', text })
  const bobAgain = second.connect('hall', { token: bob.hello.token, ...(await goingOn(bob)) })
  const { room, instance, ...welcome } = await bobAgain.welcome()
  expect(welcome).toMatchObject({ resumed: false, self, reconnecting: [] })
  expect(instance).toBe((await bob.welcome()).instance)
  expect(room?.messages.map(({ text }) => text)).toEqual(['kept', 'kept too'])
  expect(room?.participants.map(({ name }) => name)).toEqual(['ada', 'bob'])

  await adaAgain.ask({ type: 'chat.send', text: 'and on' })
  const next = await bobAgain.event('chat.sent')
  expect(evolve(room, next.logged).messages.at(-1)?.text).toBe('and on')
})
