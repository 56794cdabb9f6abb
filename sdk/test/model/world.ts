import type { Role } from '../../src/protocol'
import { ManualPage } from '../harness/manual-page'
import { type Disk, House, PLACES } from './house'
import { Road } from './network'
import { LoadedPage, type PageParts } from './page'
import { Mirrors } from './readers'
import { ROLES_AT_FIRST, ROOMS, TABS } from './seating'
import { Time } from './time'

/** After the log failed, how long the server may take to find out that it works again. */
const LOG_RECOVERS_MS = 10_000

/** Turns of the event loop after which a world that still moves goes round in circles. The longest way to rest takes less than fifty. */
const MOST_TURNS = 10_000

/** A browser tab: pages come and go in it, its storage and its way to the server stay. */
export type Tab = {
  readonly label: string
  readonly identity: string
  readonly roomId: string
  readonly road: Road
  readonly storage: ManualPage['storage']
  page: LoadedPage | undefined
}

export type WorldParts = {
  readonly disk: Disk
  readonly duplicateSessions: 'replace' | 'reject'
  /** From 0 up to, but not, 1. */
  readonly random: () => number
}

/** Tabs, roads, a house with a log, and one time for all: everything that a step may touch, and everything that is checked. */
export class World {
  readonly time = new Time()
  readonly tabs: readonly Tab[]
  readonly house: House
  readonly random: () => number
  /** What the issuer of tokens makes of each identity now. */
  readonly roles = new Map<string, Role>(Object.entries(ROLES_AT_FIRST))
  readonly #mirrors: Mirrors
  readonly #pages: LoadedPage[] = []
  /** Since when nothing hinders a room. */
  readonly #calm = new Map<string, number>()
  #texts = 0

  constructor({ disk, duplicateSessions, random }: WorldParts) {
    this.random = random
    this.tabs = TABS.map((tab, i) => ({
      ...tab,
      label: `tab ${i}`,
      road: new Road(),
      storage: new ManualPage().storage,
      page: undefined,
    }))
    const pipes = () => this.tabs.flatMap(({ road }) => road.pipes)
    this.house = new House({ time: this.time, disk, duplicateSessions, pipes })
    const { house, time } = this
    this.#mirrors = new Mirrors(house.witness, house.socketRecords, {
      ms: () => time.now(),
      now: (roomId) => Math.max(house.now(roomId), house.wall.furthest),
      logIsWell: () => house.log.failing === 0 && house.log.failedAt + LOG_RECOVERS_MS < time.now(),
    })
  }

  get pages(): readonly LoadedPage[] {
    return this.#pages
  }

  load(tab: Tab, begin: PageParts['begin'] = 'join'): void {
    const { label, identity, roomId, road, storage } = tab
    const role = () => this.roles.get(identity) ?? 'viewer'
    const own = { label: `${label} (${identity})`, identity, roomId, road, storage, role, begin }
    tab.page = new LoadedPage({ ...own, time: this.time, random: this.random, readers: this.#mirrors })
    this.#pages.push(tab.page)
  }

  newText(): string {
    this.#texts++
    return `text ${this.#texts}`
  }

  /** Time passes, the timers in it come due, and after each the world comes to rest and is looked at. */
  async pass(ms: number): Promise<void> {
    await this.rest()
    await this.time.pass(ms, () => this.rest())
  }

  /** Until nothing moves: all that is not held up has arrived, and was taken in. */
  async rest(): Promise<void> {
    const { house } = this
    let turns = 0
    for (let moved = true; moved; turns++) {
      if (turns > MOST_TURNS) throw new Error('the world never comes to rest')
      await new Promise(setImmediate)
      moved = this.#flow()
      moved = house.turn() || house.log.isBusy || moved
    }
    this.check()
  }

  #flow(): boolean {
    let moved = false
    for (const { road } of this.tabs) {
      for (const pipe of road.pipes) moved = pipe.flow(this.house.accept) || moved
    }
    return moved
  }

  /** Everything that holds at every step. Throws what does not. */
  check(): void {
    const { house } = this
    const { witness, socketRecords } = house
    socketRecords.checkSeats()
    for (const page of this.#pages) {
      this.#mirrors.checkMirror(page)
      this.#mirrors.checkWords(page)
    }
    for (const roomId of ROOMS) this.#checkRoom(roomId)
    if (witness.faults.length > 0) throw new Error(witness.faults.join('\n'))
  }

  #checkRoom(roomId: string): void {
    const { house, time } = this
    const { log } = house
    const calm = this.#calm.get(roomId)
    const recovers = time.now() < log.failedAt + LOG_RECOVERS_MS
    // A room that was given up is loaded anew some seconds later: until then no time passes in it.
    const isGivenUp = house.witness.open(roomId) !== undefined && house.rooms?.stats(roomId) === undefined
    const hindered = log.holds(roomId) || log.failing > 0 || recovers || !house.isUp || isGivenUp
    if (hindered || calm === undefined || log.releasedAt >= calm) this.#calm.set(roomId, time.now())
    else house.socketRecords.checkAbsences(roomId, calm)
  }

  /** Nothing is broken any more, for minutes. */
  checkAtPeace(page: LoadedPage): void {
    const { witness } = this.house
    const { label, roomId } = page.parts
    const now = witness.open(roomId)?.state.room
    const socket = this.house.sockets.find(({ pipe }) => pipe.hello.joinId === page.joinId)
    if (socket?.self === undefined) {
      // Full and locked rooms have it wait, and chat waits with it.
      if (now?.locked || (now?.participants.length ?? 0) >= PLACES - 1) return
      return witness.fault(`${label} is not in the room`)
    }
    if (page.room?.instance !== now?.instance || page.room?.seq !== now?.seq)
      witness.fault(`${label} is at ${page.room?.seq}, the room at ${now?.seq}`)
    for (const { command, answer } of page.asked)
      if (answer === 'none') witness.fault(`${label} has no answer to ${JSON.stringify(command)}`)
    const away = page.reconnecting()
    if (away.length > 0) witness.fault(`${label} shows ${away.join()} as reconnecting`)
  }

  /** No client is left, for minutes. */
  checkEmpty(): void {
    const { witness, rooms } = this.house
    for (const { roomId } of rooms?.allStats() ?? []) witness.fault(`${roomId} is still open`)
    for (const roomId of ROOMS) if (witness.open(roomId)) witness.fault(`the log has ${roomId} open`)
  }
}
