import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'
import type { RoomPage } from '../../harness/browser/room-page'

const house = pageHouse()

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

test('a demoted participant’s media is dropped at once, and its page lets go of the camera', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const gus = await house.publish({ name: 'Gus', role: 'guest' })
  await host.sees('Gus')
  expect(await demote(host, await gus.id())).toEqual({ role: 'viewer', tracks: 0 })
  await expect.poll(async () => (await gus.participant('Gus'))?.published).toEqual([])
  await expect
    .poll(() => gus.page.evaluate(() => window.client.getState().self?.sources.camera.track?.readyState ?? 'none'))
    .not.toBe('live')
})

test('a demoted participant’s media is not shown, whatever its page goes on sending [R5.11]', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const gus = await house.publish({ name: 'Gus', role: 'guest' })
  await host.sees('Gus')
  await demote(host, await gus.id())
  // Its client obeys. What its page does next goes past the client.
  await expect.poll(() => gus.page.evaluate(slotsInUse)).toBe(0)
  const [shown, before] = [await host.events('trackAdded'), await host.page.evaluate(mediaReceived)]
  await gus.page.evaluate(sendAnyway)

  const arrived = async () => {
    const now = await host.page.evaluate(mediaReceived)
    return { pictures: now.pictures - before.pictures > 20, sound: now.sound - before.sound > 50 }
  }
  await expect.poll(arrived).toEqual({ pictures: true, sound: true })
  expect(await host.participant('Gus')).toMatchObject({ role: 'viewer', published: [], talk: [], screen: [] })
  expect(await host.events('trackAdded')).toEqual(shown)
  expect(await host.descriptions()).toEqual([1])
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

test('a moderator mutes a guest, and cannot unmute it [R5.8]', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const gus = await house.publish({ name: 'Gus', role: 'guest' })
  await host.sees('Gus')
  await host.page.evaluate((id) => window.client.moderation.mute(id, 'microphone'), await gus.id())
  await expect.poll(async () => (await gus.participant('Gus'))?.muted).toEqual(['microphone'])
  expect(await gus.page.evaluate(() => 'unmute' in window.client.moderation)).toBe(false)
})

/** Makes a participant a viewer. Answers with what the host shows of it at that moment. */
function demote(host: RoomPage, participantId: string) {
  return host.page.evaluate(async (id) => {
    await window.client.moderation.setRole(id, 'viewer')
    const found = window.client.getState().participants.find((each) => each.id === id)
    return { role: found?.role, tracks: found?.streams.talk?.getTracks().length ?? 0 }
  }, participantId)
}

/** How many slots of the page's connections hold a track. */
function slotsInUse(): number {
  const senders = window.probe.connections.flatMap((each) => each.getSenders())
  return senders.filter(({ track }) => track !== null).length
}

/** Fills the slots of microphone and camera with new tracks, without a word to the client. */
async function sendAnyway(): Promise<void> {
  const tracks = (await navigator.mediaDevices.getUserMedia({ audio: true, video: true })).getTracks()
  for (const track of tracks) {
    for (const connection of window.probe.connections) {
      const slot = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === track.kind)
      await slot?.sender.replaceTrack(track)
    }
  }
}

/** What came over the wire so far, shown or not: whole pictures, and packets of sound. */
async function mediaReceived(): Promise<{ pictures: number; sound: number }> {
  const reports = await Promise.all(window.probe.connections.map((each) => each.getStats()))
  const media = reports.flatMap((report) => [...report.values()]).filter(({ type }) => type === 'inbound-rtp')
  const sum = (kind: string, count: string) =>
    media.filter((each) => each.kind === kind).reduce((total, each) => total + (each[count] ?? 0), 0)
  return { pictures: sum('video', 'framesReceived'), sound: sum('audio', 'packetsReceived') }
}
