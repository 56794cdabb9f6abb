// One way to count, and one of what shows nothing, at both ends: by a real server.
import { afterEach, expect, test } from 'vitest'
import { RoomHouse } from '../harness/room-house'

let house = new RoomHouse()
afterEach(() => house.close())

test('a name of 64 characters that each take two code units is taken whole; 65 are rejected before anything is sent [R7.21]', async () => {
  const client = await house.join('😀'.repeat(64))
  expect(client.state.self?.name).toBe('😀'.repeat(64))
  await expect(house.join('😀'.repeat(65))).rejects.toMatchObject({ code: 'invalid_options' })
})

test.each(['\u2800', '\u3164\ufe0f', ' \u200b '])(
  'a chat text that shows nothing (%j) is none, at both ends [R7.21]',
  async (text) => {
    const client = await house.join('Ada')
    await expect(client.chat.send(text)).rejects.toMatchObject({ code: 'invalid' })
    expect(client.state.messages).toEqual([])
  },
)

test('a name that shows nothing is none: that of the client stands in for that of a token, and both are Guest [R7.21]', async () => {
  house = new RoomHouse({ auth: { secret: 'a secret of the tests, long enough to be one' } })
  await house.url()
  const enter = async (identity: string, name: string) => {
    const token = await house.server.token({ room: 'test', identity, name: '\u3164' })
    return (await house.join(name, { token })).state.self?.name
  }
  expect(await enter('ada', 'Ada')).toBe('Ada')
  expect(await enter('bob', '\u2800')).toBe('Guest')
})
