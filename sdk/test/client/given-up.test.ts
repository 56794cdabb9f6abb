// A join that was given up takes no live seat: real server, real sockets, lines that are slow each way.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LiveStreamClient } from '../../src/index'
import { RoomHouse } from '../harness/room-house'
import { SlowLine } from '../harness/slow-line'

let house: RoomHouse
const lines: SlowLine[] = []

beforeEach(async () => {
  house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' } })
  await house.url()
})
afterEach(async () => {
  await house.close()
  await Promise.all(lines.splice(0).map((line) => line.close()))
})

const tokenOf = (identity: string, role: 'host' | 'guest' = 'guest') =>
  house.server.token({ room: 'test', identity, name: identity, role })

const join = async (identity: string, role?: 'host') => house.join(identity, { token: await tokenOf(identity, role) })

async function slowLine(ms: number): Promise<SlowLine> {
  const line = await SlowLine.to(await house.url(), ms)
  lines.push(line)
  return line
}

const outcomeOf = (joining: Promise<void>) =>
  joining.then(
    () => 'joined',
    (error: { code: string }) => error.code,
  )

/** What a client is told of others. */
function tellingsOf(client: LiveStreamClient): string[] {
  const told: string[] = []
  client.on('*', ({ name, payload }) => {
    if ('participant' in payload && payload.participant !== null) told.push(`${payload.participant.name} ${name}`)
  })
  return told
}

test.each([0, 100, 500])(
  'a second device gives up after 1 to 150 ms, on a line of %i ms each way: the first stays, and the room is told of nothing [R2.9]',
  async (ms) => {
    const host = await join('Host', 'host')
    const line = await slowLine(ms)
    const tries = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 150]
    const phones = await Promise.all(tries.map((after) => join(`Phone ${after}`)))
    const told = tellingsOf(host)
    const outcomes = await Promise.all(
      tries.map(async (after) => {
        const token = await tokenOf(`Phone ${after}`)
        const laptop = await house.client('Laptop', { url: line.url, token })
        return outcomeOf(laptop.join({ signal: AbortSignal.timeout(after) }))
      }),
    )
    const isGivenUp = (i: number) => outcomes[i] === 'aborted'
    // All that was on its way has arrived: a laptop that gave up has no socket any more, and one that is in the room has one.
    const inRoom = outcomes.filter((outcome) => outcome === 'joined').length
    await expect.poll(() => line.openCount, { timeout: 20_000 }).toBe(2 * inRoom)
    await host.chat.send('all have heard this')
    for (const [i, phone] of phones.entries()) {
      if (isGivenUp(i)) {
        await expect.poll(() => phone.state.messages).toHaveLength(1)
        expect(phone.state.status).toBe('joined')
      } else await expect.poll(() => phone.state).toMatchObject({ status: 'left', reason: 'superseded' })
    }
    const givenUp = tries.flatMap((after, i) => (isGivenUp(i) ? `Phone ${after} ` : []))
    expect(told.filter((each) => givenUp.some((name) => each.startsWith(name)))).toEqual([])
    if (ms === 500) expect(givenUp).toHaveLength(tries.length)
  },
)

test('a second device that leaves while it joins takes nothing either; one that stays takes the seat over at once [R2.5, R2.9]', async () => {
  const host = await join('Host', 'host')
  const phone = await join('Ada')
  const told = tellingsOf(host)
  const line = await slowLine(100)
  const laptop = await house.client('Laptop', { url: line.url, token: await tokenOf('Ada') })
  const joining = outcomeOf(laptop.join())
  await laptop.leave()
  expect(await joining).toBe('aborted')
  await expect.poll(() => line.openCount).toBe(0)
  await host.chat.send('still there?')
  await expect.poll(() => phone.state.messages).toHaveLength(1)
  expect(told).toEqual([])

  await laptop.join()
  await laptop.chat.send('here now')
  await expect.poll(() => phone.state).toMatchObject({ status: 'left', reason: 'superseded' })
  expect(told.slice(0, 1)).toEqual(['Ada participantReturned'])
  expect(laptop.state.self?.name).toBe('Ada')
})

test('a second device that leaves when its socket is open, and before it is welcome, leaves nothing [R2.9]', async () => {
  const host = await join('Host', 'host')
  const phone = await join('Ada')
  const told = tellingsOf(host)
  const line = await slowLine(100)
  let leaving: Promise<void> | undefined
  const laptop = await house.client('Laptop', {
    url: line.url,
    token: await tokenOf('Ada'),
    logLevel: 'debug',
    logger: (_, text) => {
      if (text === 'the server took the socket') leaving = laptop.leave()
    },
  })
  expect(await outcomeOf(laptop.join())).toBe('aborted')
  await leaving
  await expect.poll(() => line.openCount).toBe(0)
  await host.chat.send('still there?')
  await expect.poll(() => phone.state.messages).toHaveLength(1)
  expect([told, phone.state.status]).toEqual([[], 'joined'])
})

test('what happens between the welcome and its confirmation is not missed', async () => {
  const host = await join('Host', 'host')
  await join('Ada')
  const line = await slowLine(150)
  const laptop = await house.client('Laptop', { url: line.url, token: await tokenOf('Ada') })
  const joining = laptop.join()
  let isIn = false
  void joining.then(() => {
    isIn = true
  })
  let said = 0
  while (!isIn) await host.chat.send(`message ${++said}`)
  await laptop.chat.send('the last')
  const texts = () => laptop.state.messages.map(({ text }) => text)
  expect(texts()).toEqual([...Array.from({ length: said }, (_, i) => `message ${i + 1}`), 'the last'])
  expect(host.state.messages.map(({ text }) => text)).toEqual(texts())
})
