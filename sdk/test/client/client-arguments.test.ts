// Plain JavaScript passes anything to the client itself, too: one typed error that says what was meant, and nothing has begun.
import { afterEach, expect, test } from 'vitest'
import { type LiveStreamClient, LiveStreamError } from '../../src/index'
import { RoomHouse } from '../harness/room-house'

const house = new RoomHouse()
afterEach(() => house.close())

/** As from a program without types. */
const untyped = (client: LiveStreamClient) => client as never as Record<string, (...args: unknown[]) => unknown>

const thrownBy = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}

test.each([
  ['null', null],
  ['a text', 'now'],
  ['a signal’s controller', { signal: new AbortController() }],
])('join and prepare with %s reject with `invalid`, and nothing has begun', async (_, options) => {
  const client = await house.client('Ada')
  for (const verb of ['join', 'prepare']) {
    const error = await Promise.resolve(untyped(client)[verb]?.(options)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(LiveStreamError)
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringMatching(/^\S.*\.$/s) })
  }
  expect(client.state.status).toBe('idle')
  await client.join({ signal: null as never })
  expect(client.state.status).toBe('joined')
})

test('an event listener may be `join` itself: an event is an object', async () => {
  const client = await house.client('Ada')
  await untyped(client).join?.(new Event('click'))
  expect(client.state.status).toBe('joined')
})

test.each([
  ['on', [], 'function'],
  ['on', [() => {}], 'function'],
  ['on', ['joined'], 'function'],
  ['once', ['*', {}], 'function'],
  ['once', ['joined', null], 'function'],
  ['subscribe', [], 'function'],
  ['subscribe', [null], 'function'],
])('%s(%o) throws `invalid`: "%s"', async (verb, args, said) => {
  const client = untyped(await house.client('Ada'))
  const error = thrownBy(() => client[verb]?.(...args))
  expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining(said) })
})

test('what takes nothing, or takes away what is not there, is harmless with anything', async () => {
  const client = untyped(await house.client('Ada'))
  expect(() => client.off?.('trackaded', undefined)).not.toThrow()
  await client.leave?.(null)
  await client.join?.()
  await client.leave?.({ reason: 'bye' })
  expect(client.serverNow?.(null)).toBeGreaterThan(0)
})
