import { expect, test } from 'vitest'
import type { TestClient } from '../harness/test-client'
import { openRoom, say } from '../harness/test-room'

/** Commands are `unavailable` for as long as the server takes to see that its log is back. */
async function untilKept(client: TestClient, text: string): Promise<void> {
  await expect.poll(async () => (await client.ask(say(text))).ok, { interval: 10 }).toBe(true)
}

test('log down: commands answer unavailable, no new participant joins; up again: nothing is lost', async () => {
  const { server, enter, connect } = await openRoom()
  const ada = await enter('ada')
  await ada.ask(say('before'))
  server.faults.log.fail()
  expect(await ada.ask(say('rejected'))).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } })
  const token = await server.token({ room: 'hall', identity: 'bob' })
  expect(await connect({ token }).goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  server.faults.log.heal()
  await server.clock.advance(5000)
  await untilKept(ada, 'after')
  const bob = await enter('bob')
  expect((await bob.welcome()).room?.messages.map(({ text }) => text)).toEqual(['before', 'after'])
})
