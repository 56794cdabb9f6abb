import { expect, test } from 'vitest'
import { roomHouse } from './room-house'

const house = roomHouse()

test('a viewer asks, the host approves, the viewer’s video arrives, and no link was renegotiated', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const vera = await house.join({ name: 'Vera', role: 'viewer' })
  await vera.sees('Host')

  await vera.page.evaluate(() => window.client.stage.request())
  await expect.poll(() => host.events('stageRequested')).toHaveLength(1)
  await host.page.evaluate((id) => window.client.stage.approve(id), await vera.id())
  await expect.poll(async () => (await vera.participant('Vera'))?.role).toBe('guest')
  await vera.publish()

  await Promise.all([host.sees('Vera'), vera.sees('Host')])
  expect(await host.descriptions()).toEqual([1])
  expect(await vera.descriptions()).toEqual([1])
})

test('a viewer cannot publish', async () => {
  await house.join({ name: 'Host', role: 'host' })
  const vera = await house.join({ name: 'Vera', role: 'viewer' })
  const code = await vera.page.evaluate(() =>
    window.client.media.publish({ camera: true }).then(
      () => 'published',
      (error) => error.code,
    ),
  )
  expect(code).toBe('forbidden')
})

test('one host and three viewers make three links', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const viewers = await Promise.all(['V1', 'V2', 'V3'].map((name) => house.join({ name, role: 'viewer' })))
  await Promise.all(viewers.map((viewer) => viewer.sees('Host')))
  expect(await host.openConnections()).toBe(3)
  for (const viewer of viewers) expect(await viewer.openConnections()).toBe(1)
})

test('a demoted participant’s media is dropped at once, whatever its page goes on doing', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const gus = await house.publish({ name: 'Gus', role: 'guest' })
  await host.sees('Gus')
  const dropped = await host.page.evaluate(
    async (id) => {
      await window.client.moderation.setRole(id, 'viewer')
      const gus = window.client.getState().participants.find((each) => each.id === id)
      return { role: gus?.role, tracks: gus?.streams.talk?.getTracks().length ?? 0 }
    },
    await gus.id(),
  )
  expect(dropped).toEqual({ role: 'viewer', tracks: 0 })
  await expect.poll(async () => (await gus.participant('Gus'))?.published).toEqual([])
  await expect
    .poll(() => gus.page.evaluate(() => window.client.getState().self?.sources.camera.track?.readyState ?? 'none'))
    .not.toBe('live')
})

test('a kicked participant has no way back', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const gus = await house.publish({ name: 'Gus', role: 'guest' })
  await host.sees('Gus')
  await host.page.evaluate((id) => window.client.moderation.kick(id), await gus.id())
  await expect.poll(() => gus.status()).toBe('left')
  const code = () =>
    gus.page.evaluate(() =>
      window.client.join().then(
        () => 'joined',
        (error) => error.code,
      ),
    )
  expect(await code()).toBe('removed')
  await gus.load()
  expect(await code()).toBe('removed')
  expect(await host.names()).toEqual(['Host'])
})

test('a moderator mutes a guest, and cannot unmute it', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const gus = await house.publish({ name: 'Gus', role: 'guest' })
  await host.sees('Gus')
  await host.page.evaluate((id) => window.client.moderation.mute(id, 'microphone'), await gus.id())
  await expect.poll(async () => (await gus.participant('Gus'))?.muted).toEqual(['microphone'])
  expect(await gus.page.evaluate(() => 'unmute' in window.client.moderation)).toBe(false)
})
