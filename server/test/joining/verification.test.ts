import { DEFAULT_LIMITS, type Limits } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import type { TokenResult, Verify } from '../../src/auth/verify-token'
import type { RoomInput } from '../../src/hosting/input'
import { FakeClock } from '../harness/fake-clock'
import { gatewayAlone } from '../harness/gateway-alone'

const GOOD: TokenResult = {
  ok: true,
  claims: { sub: 'ada', room: 'hall', role: 'host', exp: 0, admin: false },
  life: { expiresAt: Number.MAX_SAFE_INTEGER },
}

/** A gateway alone, whose verifications end when the test says so. */
async function slowlyVerifying(limits: Partial<Limits> = {}) {
  const clock = new FakeClock()
  const asked: ((verified: TokenResult | Error) => void)[] = []
  const inputs: RoomInput[] = []
  const verify: Verify = () =>
    new Promise((resolve, reject) => {
      asked.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)))
    })
  const submit = (_roomId: string, input: RoomInput) => void inputs.push(input)
  const { gateway, connect } = await gatewayAlone({ clock, verify, submit, limits: { ...DEFAULT_LIMITS, ...limits } })
  const verifications = (count: number) => expect.poll(() => asked.length).toBe(count)
  return { clock, asked, inputs, gateway, connect, verifications }
}

test.each([
  ['5 s', 5000, {}],
  ['as long as is set', 9000, { verificationMs: 9000 }],
])('a verification that takes %s has failed, whatever the client sends meanwhile [R2.2]', async (_, ms, limits) => {
  const { clock, inputs, connect, verifications } = await slowlyVerifying(limits)
  const client = connect()
  await Promise.all([verifications(1), client.opened])
  clock.advance(ms - 1)
  client.say({ type: 'heartbeat' })
  expect(client.socket.readyState).toBe(client.socket.OPEN)
  clock.advance(1)
  expect(await client.goodbye()).toMatchObject({ code: 'verification_timeout', close: 4408 })
  expect(inputs).toEqual([])
})

test('what is sent before the verification is over is read after it, in order [R2.2]', async () => {
  const { asked, inputs, connect, verifications } = await slowlyVerifying()
  const client = connect()
  await Promise.all([verifications(1), client.opened])
  client.say({ type: 'chat.send', id: 1, text: 'one' })
  client.say({ type: 'chat.send', id: 2, text: 'two' })
  expect(inputs).toEqual([])
  asked[0]?.(GOOD)
  await expect.poll(() => inputs.map((input) => input.type)).toEqual(['join', 'command', 'command'])
})

test('no place is taken for a peer that went away while it was verified', async () => {
  const { asked, inputs, gateway, connect, verifications } = await slowlyVerifying()
  const client = connect()
  await verifications(1)
  client.socket.terminate()
  await client.closed
  asked[0]?.(GOOD)
  await expect.poll(() => gateway.socketCount).toBe(0)
  expect(inputs).toEqual([])
})

test('a verification that breaks is unavailable, and only for that one', async () => {
  const { asked, connect, verifications } = await slowlyVerifying()
  const client = connect()
  await verifications(1)
  asked[0]?.(new Error('the key store is down'))
  expect(await client.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
})

test('so many may be in verification at once; the next one is rejected before any work [R7.9]', async () => {
  const { asked, connect, verifications } = await slowlyVerifying()
  const first = connect()
  connect()
  await verifications(2)
  const third = connect()
  expect((await third.goodbye()).close).toBe(1006)
  expect(asked).toHaveLength(2)
  asked[0]?.({ ok: false, error: { goodbye: 'unauthorized', reason: 'The token is not valid.' } })
  expect(await first.goodbye()).toMatchObject({ code: 'unauthorized' })
  connect()
  await verifications(3)
})
