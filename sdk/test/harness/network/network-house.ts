// What a test of networks runs on: an internet with a server, a page and coturn in it.
import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { signToken } from '../../../../server/src/auth/sign-token'
import type { Role } from '../../../src/index'
import type { BrowserName, BrowserOptions } from '../browser/browser-name'
import { startCoturn, TURN_SECRET } from '../browser/coturn'
import type { Daemon } from '../browser/daemon'
import { LiveServer } from '../browser/live-server'
import { RoomPage } from '../browser/room-page'
import { barePage, StaticSite } from '../browser/static-site'
import type { Home, Nat } from './home'
import { Internet } from './internet'

const SECRET = 'a secret of the tests of networks, 32 bytes or more'
const SDK = new URL('../../../dist/peerstage.js', import.meta.url)

export type NetworkOptions = {
  /** Whether the server tells its clients of the TURN server. STUN is always there. Default true. */
  readonly turn?: boolean
  /** More of the server's settings. */
  readonly env?: Readonly<Record<string, string>>
}

export type Visit = { readonly name: string; readonly role: Role }

/** One internet for a file of tests. Each test has homes, a server and rooms of its own. */
export function networkHouse() {
  let internet: Internet
  let turn: Daemon
  let site: StaticSite
  let rooms = 0
  const opened: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    internet = await Internet.create()
    turn = await startCoturn({}, internet.address)
    site = await StaticSite.serve(barePage(await sdkAsUrl()), internet.address)
  })
  afterEach(async () => {
    rooms += 1
    for (const close of opened.splice(0).reverse()) await close()
  })
  afterAll(async () => {
    await site?.close()
    await turn?.stop()
    await internet?.close()
  })

  const keep = <T>(it: T, close: (it: T) => Promise<unknown>): T => {
    opened.push(() => close(it))
    return it
  }

  return {
    home: async (nat: Nat): Promise<Home> => keep(await internet.home(nat), (it) => internet.remove(it)),

    async server({ turn: tellsTurn = true, env = {} }: NetworkOptions = {}): Promise<LiveServer> {
      const ofTurn = { PEERSTAGE_TURN_URLS: `turn:${turn.address}`, PEERSTAGE_TURN_SECRET: TURN_SECRET }
      const server = await LiveServer.start({
        dev: false,
        args: ['--host', internet.address],
        env: {
          PEERSTAGE_SECRET: SECRET,
          PEERSTAGE_ICE_SERVERS: JSON.stringify([{ urls: `stun:${turn.address}` }]),
          ...(tellsTurn ? ofTurn : {}),
          ...env,
        },
      })
      return keep(server, (it) => it.stop())
    },

    /** A page of a browser that runs in a home, in the room and with camera and microphone published. */
    async visit(home: Home, server: LiveServer, visit: Visit, name: BrowserName = 'chromium'): Promise<RoomPage> {
      const browser: Browser = keep(await home.launchBrowser(devicesAt(site.url), name), (it) => it.close())
      const room = `room-${rooms}`
      const token = await signToken({ secret: SECRET, room, identity: visit.name, role: visit.role, name: visit.name })
      const places = { site: site.url, server: server.url }
      const page = await RoomPage.join(browser, places, { ...visit, room, token, ice: {} }, true)
      return keep(page, async (it) => {
        expect(await it.uncaught()).toEqual([])
        await it.close()
      })
    },
  }
}

/** Pages without TLS have no camera, but for those that the browser is told to trust. */
const devicesAt = (site: string): BrowserOptions => ({
  args: [`--unsafely-treat-insecure-origin-as-secure=${new URL(site).origin}`],
})

async function sdkAsUrl(): Promise<string> {
  return `data:text/javascript;base64,${(await readFile(SDK)).toString('base64')}`
}
