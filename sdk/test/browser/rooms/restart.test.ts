// A server on a durable log ends and comes back, while people see each other and everybody talks.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'
import type { RoomPage } from '../../harness/browser/room-page'
import { allTexts, startTalk, type Talk } from '../../harness/browser/talk'
import { expectWhole, Talkers } from '../../harness/browser/talkers'

declare global {
  interface Window {
    talk: Talk
    allTexts: typeof allTexts
  }
}

const folder = mkdtempSync(join(tmpdir(), 'peerstage-restart-'))
afterAll(() => rmSync(folder, { recursive: true }))

const house = pageHouse({}, { args: ['--log', join(folder, 'rooms.db')] })

const NAMES = ['Ada', 'Ben', 'Cyd'] as const
const TALKING_ROOMS = 4
const TALKERS_IN_A_ROOM = 4

let pages: RoomPage[]
let talkers: Talkers

beforeEach(async () => {
  pages = []
  for (const name of NAMES) pages.push(await house.publish({ name }))
  await allSee()
  talkers = new Talkers()
})
afterEach(() => talkers.leave())

/** So many more pictures of everybody, at everybody's. */
async function allSee(more?: number): Promise<void> {
  const views = pages.flatMap((page) =>
    NAMES.filter((name) => name !== page.visitor.name).map((name) => ({ page, name })),
  )
  await Promise.all(views.map(({ page, name }) => page.sees(name, 'camera', more)))
}

/** Everybody talks: those with pictures, and rooms full of others. */
async function startTalking(room: string): Promise<void> {
  for (const page of pages) {
    const name = JSON.stringify(page.visitor.name)
    await page.page.evaluate(`window.allTexts = ${allTexts}; window.talk = (${startTalk})(window.client, ${name}); 0`)
  }
  const rooms = Array.from({ length: TALKING_ROOMS }, (_, n) => `${room}-${n}`)
  await Promise.all(rooms.map((each) => talkers.enter(house.server.url, each, TALKERS_IN_A_ROOM)))
}

const statuses = async () => [...(await Promise.all(pages.map((page) => page.status()))), ...talkers.statuses]
const all = (status: string) => Array(NAMES.length + TALKING_ROOMS * TALKERS_IN_A_ROOM).fill(status)

/** What must not change: who is there, and the one connection of each pair. */
const unmoved = (page: RoomPage) =>
  page.page.evaluate(() => {
    const { room, participants } = window.client.getState()
    const people = participants.map(({ id, name, role }) => ({ id, name, role }))
    const links = window.client.links.map(({ participantId, epoch, state }) => ({ participantId, epoch, state }))
    const descriptions = window.probe.connections.map((each) => window.probe.descriptions.get(each))
    return { instance: room?.instance, people, links, descriptions }
  })

/** After `restarts` of the server: each text is there once, no participant left, no link was touched. */
async function expectAllWhole(restarts: number): Promise<void> {
  await Promise.all([talkers.stop(), ...pages.map((page) => page.page.evaluate(() => window.talk.stop()))])
  await talkers.expectWhole(restarts)
  for (const page of pages) {
    const texts = await page.page.evaluate(() => window.allTexts(window.client))
    const { said, kept, failed } = await page.page.evaluate(() => {
      const { said, kept, failed } = window.talk
      return { said, kept, failed }
    })
    expectWhole(texts, { said, kept, failed })
    expect(await page.events('reconnected')).toEqual(Array(restarts).fill(expect.objectContaining({ resumed: true })))
    expect(await page.events('participantLeft')).toEqual([])
    expect(await page.events('trackRemoved')).toEqual([])
  }
}

test.each([
  ['drained', 'stop', 1],
  ['killed at a random instant, twice', 'kill', 2],
] as const)(
  'video goes on while the server is down, and with a durable log the room is whole again after it returns: %s under load [R3.13, R9.4]',
  async (_how, end, restarts) => {
    await startTalking(`talk-${end}`)
    const before = await Promise.all(pages.map(unmoved))
    for (let restart = 0; restart < restarts; restart++) {
      const instant = talkers.kept + 20 + Math.floor(Math.random() * 100)
      await expect.poll(() => talkers.kept, { interval: 1 }).toBeGreaterThanOrEqual(instant)
      await house.server[end]()
      await expect.poll(statuses).toEqual(all('reconnecting'))
      // The fake camera makes 20 pictures a second: three seconds of them, with no server to ask.
      await allSee(60)
      await house.server.restart()
      await expect.poll(statuses, { timeout: 120_000 }).toEqual(all('joined'))
      await allSee()
    }
    await expectAllWhole(restarts)
    expect(await Promise.all(pages.map(unmoved))).toEqual(before)
  },
)
