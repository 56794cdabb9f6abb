import { requestFor } from './asking'
import type { LoadedPage } from './page'
import { ROOMS } from './seating'
import type { Deed, Step } from './steps'
import type { Tab, World } from './world'

/** Plays a script in a world, checks it after each step, and then lets everything heal and come to its end. */
export async function play(world: World, script: readonly Step[]): Promise<void> {
  for (const { deed, rest } of script) {
    await take(world, deed)
    if (rest) await world.rest()
  }
  await world.rest()
  await heal(world)
  await empty(world)
}

type DeedOf<W extends Deed['do']> = Extract<Deed, { do: W }>

async function take(world: World, deed: Deed): Promise<void> {
  const { house } = world
  if ('tab' in deed) return atTab(world, deed, world.tabs[deed.tab] as Tab)
  switch (deed.do) {
    case 'pass':
      return world.pass(deed.ms)
    case 'setWall':
      return house.wall.set(deed.ms)
    case 'failLog':
      house.log.failing = deed.count
      return
    case 'garbleLog':
      house.log.garbling = true
      return
    case 'holdLog':
      return house.log.hold(deed.roomId, deed.holding)
    case 'releaseLog':
      return house.log.release(deed.roomId)
    case 'endRoom':
      void house.rooms?.end(deed.roomId)
      return
    case 'kill':
      house.kill(deed.told)
      // What had got to the disk is there before another process looks.
      return world.rest()
    case 'drain':
      house.drain()
      return world.rest()
    case 'start':
      return house.start()
  }
}

function atTab(world: World, deed: Extract<Deed, { tab: number }>, meant: Tab): void {
  const tab = deed.do === 'ask' || deed.do === 'leaveAndOpen' ? somebodyFor(world, deed, meant) : meant
  const live = tab.page?.isLive ? tab.page : undefined
  if (deed.do === 'open' || deed.do === 'prepare') {
    if (live === undefined) world.load(tab, deed.do === 'open' ? 'join' : 'prepare')
    else if (deed.do === 'open') live.join()
  } else if (live !== undefined) onPage(world, deed, tab, live)
}

/** If a tab has no participant that could ask, another one does. A new one is, if possible, an identity that was given a role. */
function somebodyFor({ house, tabs }: World, deed: Extract<Deed, { tab: number }>, meant: Tab): Tab {
  const isGiven = ({ roomId, identity }: Tab) => house.witness.open(roomId)?.given.has(identity) === true
  const live = tabs.filter(({ page }) => page?.isLive)
  const fit = deed.do === 'ask' ? [] : live.filter(isGiven)
  if (fit.length === 0 && meant.page?.isLive) return meant
  const among = fit.length > 0 ? fit : live
  return among[deed.tab % among.length] ?? meant
}

function onPage(world: World, deed: Extract<Deed, { tab: number }>, tab: Tab, page: LoadedPage): void {
  const { road } = tab
  const pipe = road.pipes.at(-1)
  switch (deed.do) {
    case 'say':
      for (let n = 0; n < deed.count; n++) page.ask({ type: 'chat.send', text: world.newText() }, 'queue')
      return
    case 'ask':
      return ask(world, page, deed)
    case 'react':
      return page.react()
    case 'leave':
      return page.leave()
    case 'leaveAndOpen':
      page.leave()
      return world.load(tab)
    case 'wake':
      return page.wake()
    case 'reload':
      for (const each of deed.late ? road.pipes : []) world.house.hold(each, 'up')
      page.unload('kindly')
      return world.load(tab)
    case 'close':
      return page.unload('kindly')
    case 'crash':
      page.unload('killed')
      for (const each of road.pipes) world.house.cut(each, { client: true, server: deed.told })
      return
    case 'cut':
      if (pipe) world.house.cut(pipe, { client: deed.told !== 'server', server: deed.told !== 'client' })
      return
    case 'hold':
      if (pipe) world.house.hold(pipe, deed.direction)
      return
    case 'holdNext':
      road.holdsNext = true
      return
    case 'trickle':
      road.oldestHeld?.flow(world.house.accept, deed.count)
      return
    case 'free':
      Object.assign(road.oldestHeld?.held ?? {}, { up: false, down: false })
      return
    case 'repeat':
      pipe?.repeat()
      return
    case 'token':
      world.roles.set(tab.identity, deed.role)
      for (const socket of world.house.sockets) if (socket.pipe === pipe) socket.wantFreshToken()
      return
  }
}

function ask({ house }: World, page: LoadedPage, { asking, target }: DeedOf<'ask'>): void {
  const { room, selfId: self } = page
  if (room === undefined || self === undefined) return
  const [ban] = house.witness.bans(page.parts.roomId).values()
  page.ask(...requestFor(asking, { room, self, nth: target, ban: ban?.id ?? 'none' }))
}

/** All faults are over, and time passes. Then each client that can be in the room is, and none waits for an answer. */
async function heal(world: World): Promise<void> {
  const { house } = world
  house.log.failing = 0
  for (const roomId of ROOMS) house.log.release(roomId)
  for (const { road } of world.tabs) road.heal()
  house.start()
  await world.rest()
  // Whatever became of what a prejoin screen held: its user comes in.
  for (const { page } of world.tabs) page?.join()
  // Longer than every backoff, watchdog and grace one after the other.
  for (let n = 0; n < 5; n++) await world.pass(40_000)
  for (const { page } of world.tabs) if (page?.isLive) world.checkAtPeace(page)
  world.check()
}

/** Everybody goes, and the rooms close behind them. */
async function empty(world: World): Promise<void> {
  for (const { page } of world.tabs) {
    if (!page?.isLive) continue
    if (world.random() < 0.5) page.leave()
    else page.unload('kindly')
  }
  await world.rest()
  // Thirty seconds until a broken line shows, a grace, and a minute of emptiness, all of it at half the speed where a clock was set back.
  await world.pass(300_000)
  // An empty room closes by its last event: a clock that is behind that, since a restart, has to catch up first.
  const behind = Math.max(...ROOMS.map((roomId) => world.house.now(roomId) - world.house.serverNow))
  await world.pass(2 * (behind + 61_000))
  world.checkEmpty()
  world.check()
}
