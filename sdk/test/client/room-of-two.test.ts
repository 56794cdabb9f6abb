import { afterEach, expect, test } from 'vitest'
import type { LiveStreamClient } from '../../src/index'
import { RoomHouse } from '../harness/room-house'

const house = new RoomHouse()
afterEach(() => house.close())

const idOf = (client: LiveStreamClient): string => client.state.self?.id ?? ''
const seenBy = (client: LiveStreamClient, id: string) => client.state.participants.find((each) => each.id === id)

async function adaAndBen(): Promise<[LiveStreamClient, LiveStreamClient]> {
  const ada = await house.join('Ada')
  const ben = await house.joinAsViewer('Ben')
  await expect.poll(() => ada.state.participants.length).toBe(2)
  return [ada, ben]
}

test('two join and chat: each finds the message in its state, the author when its promise resolves', async () => {
  const [ada, ben] = await adaAndBen()
  await ada.chat.send('hello')
  expect(ada.state.messages.map(({ text }) => text)).toEqual(['hello'])
  await expect.poll(() => ben.state.messages.map(({ text, name }) => [name, text])).toEqual([['Ada', 'hello']])
  await ada.chat.delete(ada.state.messages[0]?.id ?? '')
  await expect.poll(() => ben.state.messages).toHaveLength(0)
})

test('a newcomer finds what was said, and can ask for it by pages [R3.14]', async () => {
  const ada = await house.join('Ada')
  for (const text of ['one', 'two', 'three']) await ada.chat.send(text)
  const ben = await house.join('Ben')
  expect(ben.state.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  const page = await ben.chat.history({ before: ben.state.messages[2]?.id ?? '', limit: 1 })
  expect(page).toMatchObject({ messages: [{ text: 'two' }], hasMore: true })
})

test('thirty messages at once arrive once each, in order, none rejected', async () => {
  const [ada, ben] = await adaAndBen()
  const texts = Array.from({ length: 30 }, (_, n) => `message ${n}`)
  await Promise.all(texts.map((text) => ada.chat.send(text)))
  await expect.poll(() => ben.state.messages.map(({ text }) => text)).toEqual(texts)
})

test('reactions and app data reach the others, and only those that are meant', async () => {
  const [ada, ben] = await adaAndBen()
  const cyd = await house.join('Cyd')
  const heard: unknown[][] = []
  for (const client of [ada, ben, cyd]) {
    const name = client.state.self?.name
    client.on('reaction', ({ participant, emoji }) => heard.push([name, participant.name, emoji]))
    client.on('data', ({ participant, value }) => heard.push([name, participant.name, value]))
  }
  await ada.reactions.send('👏')
  await ada.data.send({ score: 1 }, { to: [idOf(ben)] })
  await ada.data.send('all')
  await expect.poll(() => heard.filter(([, , what]) => what === 'all')).toHaveLength(2)
  expect(heard).toEqual(
    expect.arrayContaining([
      ['Ada', 'Ada', '👏'],
      ['Ben', 'Ada', '👏'],
      ['Cyd', 'Ada', '👏'],
      ['Ben', 'Ada', { score: 1 }],
    ]),
  )
  expect(heard).toHaveLength(6)
})

test('a viewer asks, the host approves, the viewer is on stage; and steps down again', async () => {
  const [ada, ben] = await adaAndBen()
  expect(ben.state.viewerCount).toBe(1)
  await ben.stage.request()
  await expect.poll(() => ada.state.stageRequests.map(({ participantId }) => participantId)).toEqual([idOf(ben)])
  await ada.stage.approve(idOf(ben))
  expect(seenBy(ada, idOf(ben))).toMatchObject({ role: 'guest', isOnStage: true })
  expect(ada.state).toMatchObject({ stageRequests: [], viewerCount: 0 })
  await expect.poll(() => ben.state.self?.role).toBe('guest')
  await ben.stage.leave()
  expect(ben.state.self?.role).toBe('viewer')
})

test('invitation, promotion, lock: what a host does shows at once for itself and soon for all', async () => {
  const [ada, ben] = await adaAndBen()
  await ada.stage.invite(idOf(ben))
  await expect.poll(() => ben.state.invitations).toHaveLength(1)
  await ben.stage.request()
  expect(ben.state.self?.role).toBe('guest')
  await ada.moderation.setRole(idOf(ben), 'cohost')
  await expect.poll(() => ben.state.self?.role).toBe('cohost')
  await ben.moderation.lock()
  await expect.poll(() => ada.state.room?.locked).toBe(true)
})

test('who ends the room hears that it worked', async () => {
  const [ada, ben] = await adaAndBen()
  await ada.moderation.endRoom()
  for (const client of [ada, ben]) {
    await expect.poll(() => client.state).toMatchObject({ status: 'left', reason: 'room_ended' })
  }
})

test('who leaves is gone at once', async () => {
  const [ada, ben] = await adaAndBen()
  await ben.leave()
  await expect.poll(() => ada.state.participants.map(({ name }) => name)).toEqual(['Ada'])
})
