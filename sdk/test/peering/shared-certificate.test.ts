import { expect, test } from 'vitest'
import { SharedCertificate } from '../../src/peering/shared-certificate'

const DAY_MS = 24 * 60 * 60 * 1000

/** Certificates of 30 days, numbered, each made when the test says so; days that the test moves. */
function maker() {
  const made: RTCCertificate[] = []
  const settle: ((works: boolean) => Promise<void>)[] = []
  const world = { days: 0, made, settle }
  const make = () =>
    new Promise<RTCCertificate | undefined>((resolve, reject) => {
      settle.push(async (works) => {
        const certificate = { expires: (world.days + 30) * DAY_MS } as RTCCertificate
        if (works) resolve(made[made.push(certificate) - 1])
        else reject(new Error('no entropy'))
        // For what waits on it.
        for (let round = 0; round < 4; round++) await Promise.resolve()
      })
    })
  return { world, shared: new SharedCertificate(make, () => world.days * DAY_MS) }
}

async function withFirst() {
  const { world, shared } = maker()
  const prepared = shared.prepare()
  await world.settle[0]?.(true)
  await prepared
  return { world, shared }
}

test('one is made, however many ask for it', async () => {
  const { world, shared } = await withFirst()
  world.days = 28
  await shared.prepare()
  for (let i = 0; i < 20; i++) expect(shared.take()).toBe(world.made[0])
  expect(world.settle).toHaveLength(1)
})

test('a day before it ends another is made, once, and serves from the moment that it is there', async () => {
  const { world, shared } = await withFirst()
  world.days = 29.5
  for (let i = 0; i < 20; i++) expect(shared.take()).toBe(world.made[0])
  expect(world.settle).toHaveLength(2)
  await world.settle[1]?.(true)
  expect(shared.take()).toBe(world.made[1])
  expect(world.settle).toHaveLength(2)
})

test('one that has ended is given to no connection: each makes its own until another is there', async () => {
  const { world, shared } = await withFirst()
  world.days = 31
  expect(shared.take()).toBeUndefined()
  await world.settle[1]?.(true)
  expect(shared.take()).toBe(world.made[1])
})

test('a client that starts after it has ended waits for another', async () => {
  const { world, shared } = await withFirst()
  world.days = 31
  const prepared = shared.prepare()
  await world.settle[1]?.(true)
  await prepared
  expect(shared.take()).toBe(world.made[1])
})

test('where another cannot be made, the one that is there serves to its end, and the next connection tries again', async () => {
  const { world, shared } = await withFirst()
  world.days = 29.5
  shared.take()
  await world.settle[1]?.(false)
  expect(shared.take()).toBe(world.made[0])
  await world.settle[2]?.(true)
  expect(shared.take()).toBe(world.made[1])
})

test('where none can be made at all, connections make their own', async () => {
  const shared = new SharedCertificate(
    async () => undefined,
    () => 0,
  )
  await shared.prepare()
  expect(shared.take()).toBeUndefined()
})
