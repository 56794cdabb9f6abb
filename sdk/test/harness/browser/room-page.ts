import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { LiveStreamClient, LiveStreamClientOptions, ParticipantView, Role, Source } from '../../../src/index'
import { installDrawing, installFakeScreen } from './drawing'
import { installProbe } from './page-probe'

declare global {
  interface Window {
    Peerstage: typeof import('../../../src/index')
    client: LiveStreamClient
  }
}

/** The page's own origin, and the server's. */
export type Places = { site: string; server: string }

export type Visitor = {
  name: string
  room?: string
  /** The role its token gives. Without one it comes as a stranger does in dev mode: the first is host. */
  role?: Role
  identity?: string
  /** Where the server is not in dev mode. */
  token?: string
  /** Where its sockets go, when not straight to the server. */
  signalingUrl?: string
  /** How it connects to others. Default: without any ICE server. */
  ice?: Pick<LiveStreamClientOptions, 'iceServers' | 'iceTransportPolicy'>
}

/** A page in a room, as a developer's first page would be: the script tag and the public API. */
export class RoomPage {
  readonly page: Page
  readonly visitor: Visitor
  readonly #context: BrowserContext
  readonly #places: Places

  static async open(browser: Browser, places: Places, visitor: Visitor): Promise<RoomPage> {
    const context = await browser.newContext()
    await context.addInitScript(installProbe)
    await context.addInitScript(installDrawing)
    if (browser.browserType().name() === 'firefox') await context.addInitScript(installFakeScreen)
    const page = await context.newPage()
    const room = new RoomPage(context, page, places, visitor)
    await room.load()
    return room
  }

  /** Opens, joins, and publishes the camera and microphone if asked to. */
  static async join(browser: Browser, places: Places, visitor: Visitor, publish = false): Promise<RoomPage> {
    const room = await RoomPage.open(browser, places, visitor)
    await room.join()
    if (publish) await room.publish()
    return room
  }

  private constructor(context: BrowserContext, page: Page, places: Places, visitor: Visitor) {
    this.#context = context
    this.page = page
    this.#places = places
    this.visitor = visitor
  }

  /** Loads the page, or loads it anew, and makes the client. */
  async load(): Promise<void> {
    await this.page.goto(this.#places.site)
    const { name, room = 'test', signalingUrl = this.#places.server, ice = { iceServers: [] } } = this.visitor
    const { role, token = role && (await this.#token()) } = this.visitor
    await this.page.evaluate(
      (options) => {
        const { token, ...rest } = options
        window.client = new window.Peerstage.LiveStreamClient({
          ...rest,
          ...(token === undefined ? {} : { token }),
        })
        window.client.on('*', ({ name, payload }) => {
          if (name !== 'stateChanged') window.probe.events.push({ name, payload: payload as Record<string, unknown> })
        })
      },
      { url: signalingUrl, room, name, token, ...ice },
    )
  }

  async join(): Promise<void> {
    await this.page.evaluate(() => window.client.join())
  }

  /** Begins to join, and waits for nothing. */
  async beginToJoin(): Promise<void> {
    await this.page.evaluate(() => void window.client.join().catch(() => {}))
  }

  /** Another tab of the same person, as `window.open` makes it: with a copy of what this tab has stored. */
  async openTab(): Promise<RoomPage> {
    const opened = this.page.waitForEvent('popup')
    await this.page.evaluate(() => void window.open(location.href))
    const tab = new RoomPage(this.#context, await opened, this.#places, this.visitor)
    await tab.load()
    return tab
  }

  async publish(what: { camera?: true; microphone?: true } = { camera: true, microphone: true }): Promise<void> {
    await this.page.evaluate((wanted) => window.client.media.publish(wanted), what)
  }

  /** Its own participant id. */
  id(): Promise<string> {
    return this.page.evaluate(() => {
      const { self } = window.client.getState()
      if (!self) throw new Error('not joined')
      return self.id
    })
  }

  status(): Promise<string> {
    return this.page.evaluate(() => window.client.getState().status)
  }

  /** What it sees of everybody, by name, without what cannot leave a page. */
  async participant(name: string): Promise<Seen | undefined> {
    return this.page.evaluate((wanted) => {
      const found = window.client.getState().participants.find((each) => each.name === wanted)
      if (!found) return undefined
      const tracksOf = (kind: 'talk' | 'screen') => found.streams[kind]?.getTracks().map((track) => track.kind) ?? []
      const { id, role, presence, link } = found
      const published = Object.entries(found.sources)
        .filter(([, of]) => of.published)
        .map(([source]) => source as Source)
      const muted = Object.entries(found.sources)
        .filter(([, of]) => of.muted)
        .map(([source]) => source as Source)
      return {
        id,
        role,
        presence,
        link,
        published,
        muted,
        talk: tracksOf('talk').sort(),
        screen: tracksOf('screen').sort(),
      }
    }, name)
  }

  names(): Promise<string[]> {
    return this.page.evaluate(() => window.client.getState().participants.map((each) => each.name))
  }

  texts(): Promise<string[]> {
    return this.page.evaluate(() => window.client.getState().messages.map((message) => message.text))
  }

  /** The payloads of every event of a name so far, as JSON. */
  events(name: string): Promise<Record<string, unknown>[]> {
    return this.page.evaluate((wanted) => {
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))
      const found = window.probe.events.filter((event) => event.name === wanted)
      return found.map((event) => plain(event.payload) as Record<string, unknown>)
    }, name)
  }

  /** Pictures decoded so far of one source of a participant; 0 while there is no such track. */
  frames(name: string, source: 'camera' | 'screen' = 'camera'): Promise<number> {
    return this.page.evaluate(countFrames, { name, source })
  }

  /** Waits until pictures of a participant keep coming: `more` beyond those there are now. */
  async sees(name: string, source: 'camera' | 'screen' = 'camera', more = 5): Promise<void> {
    const before = await this.frames(name, source)
    await expect.poll(() => this.frames(name, source), { timeout: 60_000 }).toBeGreaterThanOrEqual(before + more)
  }

  /** How often each of its connections, open or not, got a remote description. */
  descriptions(): Promise<number[]> {
    return this.page.evaluate(() => window.probe.connections.map((each) => window.probe.descriptions.get(each) ?? 0))
  }

  openConnections(): Promise<number> {
    return this.page.evaluate(
      () => window.probe.connections.filter((each) => each.connectionState === 'connected').length,
    )
  }

  uncaught(): Promise<string[]> {
    return this.page.evaluate(() => window.probe.uncaught)
  }

  async close(): Promise<void> {
    await this.#context.close()
  }

  async #token(): Promise<string> {
    const { name, room = 'test', role = 'viewer', identity = name } = this.visitor
    const query = new URLSearchParams({ room, identity, name, role })
    const response = await fetch(`${this.#places.server}/dev/token?${query}`)
    const body = (await response.json()) as { token: string }
    return body.token
  }
}

export type Seen = Pick<ParticipantView, 'id' | 'role' | 'presence' | 'link'> & {
  published: Source[]
  muted: Source[]
  /** Kinds of the tracks in its two streams, sorted. */
  talk: string[]
  screen: string[]
}

async function countFrames({ name, source }: { name: string; source: 'camera' | 'screen' }): Promise<number> {
  const found = window.client.getState().participants.find((each) => each.name === name)
  const track = found?.sources[source].track
  if (!track) return 0
  const open = window.probe.connections.filter((each) => each.connectionState !== 'closed')
  const reports = await Promise.all(open.map((each) => each.getStats()))
  for (const report of reports) {
    for (const stats of report.values()) {
      if (stats.type === 'inbound-rtp' && stats.trackIdentifier === track.id) return stats.framesDecoded ?? 0
    }
  }
  return 0
}
