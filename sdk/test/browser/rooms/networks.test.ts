// People in homes of their own, behind routers with NAT, in network namespaces of this machine.
import { expect, test } from 'vitest'
import type { RoomPage } from '../../harness/browser/room-page'
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
