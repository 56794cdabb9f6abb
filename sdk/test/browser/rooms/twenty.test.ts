import { expect, test } from 'vitest'
import type { LiveStreamClient } from '../../../src/index'
import { pageHouse } from '../../harness/browser/page-house'

declare global {
  interface Window {
    clients: LiveStreamClient[]
    /** Who each of them heard from, by name, sorted. */
    heard: Record<string, string[]>
  }
}

// Bounds a hang. Twenty peers on a busy machine take what they take.
const PATIENT = { timeout: 240_000, interval: 500 }

const house = pageHouse()
const nineteen = Array.from({ length: 19 }, (_, i) => `P${i + 1}`)

test('a room of 20: one host publishing, nineteen viewers who all see it', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const viewers = await Promise.all(nineteen.map((name) => house.join({ name, role: 'viewer' })))
  for (const viewer of viewers) await viewer.sees('Host', 'camera', 3)
  expect(await host.openConnections()).toBe(19)
  expect(await host.page.evaluate(() => window.client.getState().viewerCount)).toBe(19)

  const late = await house.open({ name: 'Late', role: 'viewer' })
  const code = await late.page.evaluate(() =>
    window.client.join().then(
      () => 'joined',
      (error) => `${error.code} ${error.retryable}`,
    ),
  )
  expect(code).toBe('room_full true')
})

// All in one page: twenty renderer processes with 380 connections measure the machine, not the room.
test('a mesh of 20 that only exchanges app data: 190 links, and everyone hears everyone', async () => {
  const host = await house.open({ name: 'Host' })
  const names = ['Host', ...nineteen]
  await host.page.evaluate(joinTogether, { url: house.server.url, names })
  const links = () =>
    host.page.evaluate(() =>
      window.clients.map((each) => each.links.filter(({ state }) => state === 'connected').length),
    )
  await expect.poll(links, PATIENT).toEqual(names.map(() => 19))
  expect(await host.page.evaluate(() => window.probe.connections.length)).toBe(380)

  await host.page.evaluate(() => {
    for (const client of window.clients) void client.data.send({ from: client.getState().self?.name })
  })
  const heard = () => host.page.evaluate(() => window.heard)
  const all = Object.fromEntries(names.map((name) => [name, names.filter((other) => other !== name).sort()]))
  await expect.poll(heard, PATIENT).toEqual(all)
}, 300_000)

async function joinTogether({ url, names }: { url: string; names: string[] }): Promise<void> {
  window.heard = {}
  window.clients = []
  for (const [i, name] of names.entries()) {
    const query = new URLSearchParams({ room: 'mesh', identity: name, name, role: i === 0 ? 'host' : 'guest' })
    const { token } = await (await fetch(`${url}/dev/token?${query}`)).json()
    const client = new window.Peerstage.LiveStreamClient({ url, room: 'mesh', token, iceServers: [] })
    client.on('data', ({ value }) => {
      window.heard[name] = [...(window.heard[name] ?? []), (value as { from: string }).from].sort()
    })
    window.clients.push(client)
  }
  await Promise.all(window.clients.map((client) => client.join()))
}
