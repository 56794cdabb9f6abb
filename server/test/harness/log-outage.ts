import { expect } from 'vitest'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { goingOn } from './restartable-server'
import type { Running } from './running-server'
import type { TestClient } from './test-client'

/** A server, in this process or another one. */
type Visited = Pick<Running, 'url' | 'connect' | 'enter'>

export const unavailable = { ok: false, error: { code: 'unavailable', retryable: true, retryAfterMs: PROBE_EVERY_MS } }

export type Pair = { readonly ada: TestClient; readonly bob: TestClient }

export const chat = (text: string) => ({ type: 'chat.send', text }) as const

/** A host and a guest. */
export async function pair({ enter }: Visited, room: string): Promise<Pair> {
  const ada = await enter(room, 'ada', { role: 'host' })
  await ada.welcome()
  const bob = await enter(room, 'bob')
  await bob.welcome()
  return { ada, bob }
}

/** The status that `/readyz` reports, after checking that `/livez` answers. */
export async function readiness(url: string): Promise<string> {
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  const { status } = (await (await fetch(`${url}/readyz`)).json()) as { status: string }
  return status
}

/**
 * Checks that during an outage changes of a room are rejected, and that signals, casts and a resume still work. Returns the two
 * clients after the resume.
 */
export async function goesOnWithoutItsLog(running: Visited, { ada, bob }: Pair): Promise<Pair> {
  expect(await readiness(running.url)).toBe('log_down')
  expect(await ada.ask(chat('lost'))).toMatchObject(unavailable)
  const eve = await running.enter('elsewhere', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'unavailable', close: 1013, retryAfterMs: PROBE_EVERY_MS })
  const { self: adaId } = await ada.welcome()
  const { self: bobId, room } = await bob.welcome()
  const epoch = { born: room?.edges[0]?.born ?? 0, n: 0 }
  ada.say(
    { type: 'signal', to: bobId, epoch, order: 0, body: { type: 'restart' } },
    { type: 'cast', cast: { type: 'reaction', emoji: '👏' } },
  )
  expect(await bob.next('signal')).toMatchObject({ from: adaId })
  expect(await bob.next('cast')).toMatchObject({ from: adaId })
  bob.cut()
  const back = running.connect('hall', { token: bob.hello.token, ...(await goingOn(bob)) })
  expect(await back.welcome()).toMatchObject({ self: bobId, resumed: true })
  return { ada, bob: back }
}
