// People in homes of their own, behind routers with NAT, in network namespaces of this machine.
import { expect, test } from 'vitest'
import type { RoomPage } from '../../harness/browser/room-page'
import type { Nat } from '../../harness/network/home'
import { networkHouse } from '../../harness/network/network-house'

const house = networkHouse()

/** The types of the candidates in use at both ends of its links. */
const paths = (page: RoomPage) =>
  page.page.evaluate(async () => {
    const stats = await Promise.all(window.client.links.map((link) => link.getStats()))
    return stats.map((each) => [each.localCandidateType, each.remoteCandidateType])
  })

const DIRECT = [expect.stringMatching(/^(s|p)rflx$/), expect.stringMatching(/^(s|p)rflx$/)]

test('two behind routers that map each port once see each other directly', async () => {
  const [left, right] = [await house.home('cone'), await house.home('cone')]
  const server = await house.server({ turn: false })
  const ada = await house.visit(left, server, { name: 'Ada', role: 'host' })
  const ben = await house.visit(right, server, { name: 'Ben', role: 'guest' })
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  expect(await paths(ada)).toEqual([DIRECT])
})

test('two behind symmetric routers see each other over TURN', async () => {
  const [left, right] = [await house.home('symmetric'), await house.home('symmetric')]
  const server = await house.server()
  const ada = await house.visit(left, server, { name: 'Ada', role: 'host' })
  const ben = await house.visit(right, server, { name: 'Ben', role: 'guest' })
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  for (const page of [ada, ben]) expect((await paths(page)).flat()).toContain('relay')
})

test('without TURN a pair behind symmetric routers is told what is missing', async () => {
  const [left, right] = [await house.home('symmetric'), await house.home('symmetric')]
  const server = await house.server({ turn: false })
  const ada = await house.visit(left, server, { name: 'Ada', role: 'host' })
  await house.visit(right, server, { name: 'Ben', role: 'guest' })
  const told = async () =>
    (await ada.events('linkChanged')).map(({ error }) => (error as { code: string } | undefined)?.code)
  await expect.poll(told).toContain('turn_needed')
})

/** Ada and Ben, each at home, with a picture of each other. */
async function two(nat: Nat = 'cone') {
  const [home, other] = [await house.home(nat), await house.home(nat)]
  const server = await house.server()
  const ada = await house.visit(home, server, { name: 'Ada', role: 'host' })
  const ben = await house.visit(other, server, { name: 'Ben', role: 'guest' })
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  return { home, other, ada, ben }
}

/** Whether the link to the only other one has ever been so. */
const wasUnwell = async (page: RoomPage) => (await page.events('linkChanged')).some(({ link }) => link === 'unwell')

/** The picture is back both ways, over the same connection. */
async function goesOn(ada: RoomPage, ben: RoomPage): Promise<void> {
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  for (const page of [ada, ben]) {
    expect(await page.page.evaluate(() => window.client.links.map(({ epoch }) => epoch.n))).toEqual([0])
    expect(await page.page.evaluate(() => window.probe.connections.length)).toBe(1)
  }
  await expect.poll(async () => (await ada.participant('Ben'))?.link).toBe('connected')
}

test.each(['cone', 'symmetric'] as const)(
  'a machine that gets another address in mid-call, behind a %s router',
  async (nat) => {
    const { home, ada, ben } = await two(nat)
    await home.changeAddress()
    await expect.poll(() => wasUnwell(ben)).toBe(true)
    await goesOn(ada, ben)
  },
)

test('a line that is dead for a while: both ends notice, and go on when it is back', async () => {
  const { home, ada, ben } = await two()
  const mend = await home.cut()
  await expect.poll(() => wasUnwell(ada)).toBe(true)
  await expect.poll(() => wasUnwell(ben)).toBe(true)
  await expect.poll(() => ada.status()).toBe('reconnecting')
  await mend()
  await goesOn(ada, ben)
  await expect.poll(() => ada.status()).toBe('joined')
})

test.each(['in', 'out'] as const)('media that is lost on its way %s alone', async (way) => {
  const { home, ada, ben } = await two()
  const mend = await home.cut({ what: 'udp', way })
  const deaf = way === 'in' ? ada : ben
  await expect.poll(() => wasUnwell(deaf)).toBe(true)
  await mend()
  await goesOn(ada, ben)
})

test('a machine that stands still until the other end has given it up', async () => {
  const { home, ada, ben } = await two()
  const wake = await home.freeze()
  await expect.poll(() => wasUnwell(ben)).toBe(true)
  const presence = async () => (await ben.participant('Ada'))?.presence
  await expect.poll(presence, { timeout: 120_000 }).toBe('reconnecting')
  await wake()
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
})

test('a line that carries small packets only', async () => {
  const [home, other] = [await house.home('cone'), await house.home('cone')]
  await home.setMtu(1200)
  const server = await house.server()
  const ada = await house.visit(home, server, { name: 'Ada', role: 'host' })
  const ben = await house.visit(other, server, { name: 'Ben', role: 'guest' })
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
})
