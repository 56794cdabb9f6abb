import { expect, test } from 'vitest'
import type { Verify } from '../../src/auth/verify-token'
import type { RoomInput } from '../../src/hosting/input'
import { FakeClock } from '../harness/fake-clock'
import { gatewayAlone } from '../harness/gateway-alone'
import { runServer } from '../harness/running-server'

const verify: Verify = async () => ({
  ok: true,
  claims: { sub: 'ada', room: 'hall', role: 'host', exp: 0, admin: false },
  life: { expiresAt: Number.MAX_SAFE_INTEGER },
})

/** A gateway whose rooms take everything, but for what throws: a fault of our own. */
async function faultyServer({ throws }: { throws: (input: RoomInput) => boolean }) {
  const inputs: RoomInput[] = []
  const errors: unknown[] = []
  const rejected: string[] = []
  let isVerifying = true
  const { connect } = await gatewayAlone({
    verify: (...asked) => (isVerifying ? verify(...asked) : Promise.reject(new Error('the keys are gone'))),
    submit: (_roomId, input) => {
      if (throws(input)) throw new Error('the rooms have burnt')
      inputs.push(input)
    },
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: ({ err }) => void errors.push(err) },
    meter: {
      command: (type, outcome) => void rejected.push(`${type} ${outcome}`),
      rejection: (reason) => void rejected.push(reason),
      resume: () => {},
      batch: () => () => {},
    },
  })
  const client = connect()
  await expect.poll(() => inputs.length > 0 || errors.length > 0).toBe(true)
  const stopVerifying = () => {
    isVerifying = false
  }
  return { client, connect, inputs, errors, rejected, stopVerifying }
}

const idsOf = (inputs: RoomInput[]) => inputs.flatMap((input) => (input.type === 'command' ? [input.command.id] : []))
const isCommand =
  (...ids: number[]) =>
  (input: RoomInput) =>
    idsOf([input]).some((id) => ids.includes(id))
const say = (id: number) => ({ type: 'chat.send', id, text: `number ${id}` })
const internal = { code: 'internal', retryable: true }

test('no input ends the process: a command that a fault of our own befell fails with internal, and what follows is read in order [R7.1]', async () => {
  const { client, inputs, errors, rejected } = await faultyServer({ throws: isCommand(1, 3) })
  client.say(say(1), say(2), say(3))
  client.say(say(4), say(5))
  for (const id of [1, 3]) expect(await client.reply(id)).toMatchObject({ ok: false, error: internal })
  await expect.poll(() => idsOf(inputs)).toEqual([2, 4, 5])
  expect(errors).toMatchObject([{ message: 'the rooms have burnt' }, { message: 'the rooms have burnt' }])
  expect(rejected).toEqual(['internal', 'chat.send internal', 'internal', 'chat.send internal'])
})

test('a signal and a cast that a fault of our own befell are rejected with internal, and the socket stays', async () => {
  const { client } = await faultyServer({ throws: ({ type }) => type === 'relay' })
  client.say({ type: 'signal', to: 'bob', epoch: { born: 1, n: 0 }, order: 0, body: { type: 'restart' } })
  client.say({ type: 'cast', cast: { type: 'data', value: 'lost' } })
  await client.roundTrip()
  expect(client.received.filter(({ type }) => type === 'rejected')).toMatchObject([
    { what: 'signal', to: 'bob', error: internal },
    { what: 'cast', error: internal },
  ])
})

test('a fresh token that a fault of our own befell is answered internal, and the socket stays', async () => {
  const { client, errors, stopVerifying } = await faultyServer({ throws: () => false })
  stopVerifying()
  expect(await client.ask({ type: 'session.refresh', token: 'fresh' })).toMatchObject({ ok: false, error: internal })
  expect(errors).toMatchObject([{ message: 'the keys are gone' }])
  await client.roundTrip()
})

test('the third fault of our own ends the connection, to come again, and others go on', async () => {
  const { client, connect, inputs, errors } = await faultyServer({ throws: isCommand(1, 2, 3) })
  const other = connect()
  await expect.poll(() => inputs.length).toBe(2)
  client.say(say(1), say(2), say(3), say(4))
  expect(await client.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  expect(client.received.map(({ type }) => type)).toEqual(['reply', 'reply', 'goodbye'])
  expect(errors).toHaveLength(3)
  expect(idsOf(inputs)).toEqual([])
  await other.roundTrip()
})

test('a fault of our own while a place is asked for ends that connection, to come again, and not the process', async () => {
  const { client, errors } = await faultyServer({ throws: ({ type }) => type === 'join' })
  expect(await client.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  expect(errors).toHaveLength(1)
})

test('a fault of our own while a connection ends is told of, and others go on', async () => {
  const { client, connect, inputs, errors } = await faultyServer({ throws: ({ type }) => type === 'gone' })
  const other = connect()
  await expect.poll(() => inputs.length).toBe(2)
  client.cut()
  await expect.poll(() => errors).toMatchObject([{ message: 'the rooms have burnt' }])
  await other.roundTrip()
})

test('no input ends the process: a fault of our own when a time has come is told of, and everybody goes on [R7.1]', async () => {
  const clock = new BreakableClock()
  const errors: unknown[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: ({ err }: { err?: unknown }) => void errors.push(err),
  }
  const { connect } = await runServer({ dev: true, clock, logger })
  const client = connect('hall', { name: 'Ada' })
  await client.welcome()
  clock.isBroken = true
  clock.advance(5000)
  clock.isBroken = false
  expect(errors).toMatchObject([{ message: 'no timers are left' }])
  await client.roundTrip()
})

/** A clock that throws when a timer is set, as the heartbeat does each 5 s. */
class BreakableClock extends FakeClock {
  isBroken = false

  override after(delayMs: number, callback: () => void): () => void {
    if (this.isBroken) throw new Error('no timers are left')
    return super.after(delayMs, callback)
  }
}
