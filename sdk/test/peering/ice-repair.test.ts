// When a link looks for another path, how often, and when it gives up.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IceRepair } from '../../src/peering/ice-repair'
import { FakeClock } from '../harness/fake-clock'

/** A repair, and what it did: `restart 3000` at 3 s. */
function repairing(canSignal = true) {
  const clock = new FakeClock()
  const did: string[] = []
  const at = (what: string) => () => void did.push(`${what} ${clock.now()}`)
  const repair = new IceRepair(
    {
      clock,
      random: () => 0.5,
      restart: at('restart'),
      unwell: at('unwell'),
      well: at('well'),
      failed: (reason) => {
        did.push(`failed ${clock.now()}: ${reason}`)
        repair.close()
      },
    },
    canSignal,
  )
  return { clock, did, repair }
}

test('a path that is unwell for 3 s is replaced; one that comes back sooner is kept', () => {
  const { clock, did, repair } = repairing()
  repair.path('unwell')
  clock.advance(2_999)
  repair.path('up')
  clock.advance(60_000)
  expect(did).toEqual(['unwell 0', 'well 2999'])
  repair.path('unwell')
  clock.advance(3_000)
  expect(did.slice(2)).toEqual(['unwell 62999', 'restart 65999'])
})

test('a path that is lost is replaced at once', () => {
  const { clock, did, repair } = repairing()
  repair.path('unwell')
  clock.advance(1_000)
  repair.path('lost')
  clock.advance(0)
  expect(did).toEqual(['unwell 0', 'restart 1000'])
})

test('where nothing comes over a path that is up, other paths are tried after 6 s, and the connection is kept', () => {
  const { clock, did, repair } = repairing()
  repair.silent(true)
  clock.advance(6_000)
  repair.described()
  clock.advance(38_000)
  expect(did).toEqual(['unwell 0', 'restart 6000', 'restart 44000'])
  repair.silent(false)
  clock.advance(600_000)
  expect(did.slice(3)).toEqual(['well 44000'])
})

test('a change of the network is answered within 300 ms, also where the path is well', () => {
  const { clock, did, repair } = repairing()
  repair.networkChanged()
  clock.advance(300)
  repair.described()
  clock.advance(60_000)
  expect(did).toEqual(['restart 150'])
})

test('another TURN password is used within 2 s, and does not hurry a path that is unwell', () => {
  const { clock, did, repair } = repairing()
  repair.passwordChanged()
  clock.advance(2_000)
  repair.described()
  expect(did).toEqual(['restart 1000'])
  repair.path('unwell')
  repair.passwordChanged()
  clock.advance(2_999)
  expect(did).toEqual(['restart 1000', 'unwell 2000'])
})

test('no try is used up while no signal can be sent; with the connection to the server the restart comes at once', () => {
  const { clock, did, repair } = repairing()
  repair.signaling(false)
  repair.path('unwell')
  clock.advance(5_000)
  repair.path('lost')
  clock.advance(50_000)
  expect(did).toEqual(['unwell 0'])
  repair.signaling(true)
  expect(did).toEqual(['unwell 0', 'restart 55000'])
})

test('a return of the connection to the server that was not missed restarts an unwell path as well', () => {
  const { clock, did, repair } = repairing()
  repair.path('unwell')
  clock.advance(1_000)
  repair.signaling(true)
  expect(did).toEqual(['unwell 0', 'restart 1000'])
})

test('a change of the network that came without a connection to the server is answered with it', () => {
  const { clock, did, repair } = repairing(false)
  repair.networkChanged()
  clock.advance(10_000)
  expect(did).toEqual([])
  repair.signaling(true)
  expect(did).toEqual(['restart 10000'])
})

test('when the other side answered and no path is found in 8 s, only a new connection helps', () => {
  const { clock, did, repair } = repairing()
  repair.path('lost')
  clock.advance(500)
  repair.described()
  clock.advance(8_000)
  expect(did).toEqual(['unwell 0', 'restart 0', 'failed 8500: no other path was found'])
  expect(clock.waiting).toBe(0)
})

test('a restart without an answer is tried again at a falling rate, and then a new connection is', () => {
  const { clock, did, repair } = repairing()
  repair.path('lost')
  clock.advance(120_000)
  const restarts = [0, 2_000, 6_000, 14_000, 30_000].map((at) => `restart ${at}`)
  expect(did).toEqual(['unwell 0', ...restarts, 'failed 60000: the other side does not answer'])
})

test('a path that comes back ends the tries, and the next loss starts them anew', () => {
  const { clock, did, repair } = repairing()
  for (let n = 0; n < 4; n++) {
    repair.path('lost')
    clock.advance(7_000)
    repair.path('up')
    clock.advance(1_000)
  }
  const each = (start: number) => [`unwell ${start}`, ...[0, 2_000, 6_000].map((ms) => `restart ${start + ms}`)]
  expect(did).toEqual([0, 8_000, 16_000, 24_000].flatMap((start) => [...each(start), `well ${start + 7_000}`]))
})

test('the other side is obeyed once a second, and more and more seldom while this side is well', () => {
  const { clock, did, repair } = repairing()
  for (let ms = 0; ms < 120_000; ms += 100) {
    repair.requested()
    clock.advance(100)
  }
  const at = [0, 2_000, 6_000, 14_000, 30_000, 60_000, 90_000]
  expect(did).toEqual(at.map((ms) => `restart ${ms}`))
})

test('a change of the network whose restart went nowhere is answered again with the connection to the server', () => {
  const { clock, did, repair } = repairing()
  repair.networkChanged()
  clock.advance(300)
  repair.signaling(false)
  clock.advance(5_000)
  repair.signaling(true)
  expect(did).toEqual(['restart 150', 'restart 5300'])
  repair.described()
  clock.advance(60_000)
  repair.signaling(true)
  expect(did).toHaveLength(2)
})

test('a path that becomes unwell does not put off the restart that a change of the network asks for', () => {
  const { clock, did, repair } = repairing()
  repair.networkChanged()
  repair.path('unwell')
  clock.advance(300)
  expect(did).toEqual(['unwell 0', 'restart 150'])
})

test('a path that becomes well does not end the restart that a change of the network asks for', () => {
  const { clock, did, repair } = repairing()
  repair.path('unwell')
  repair.networkChanged()
  repair.path('up')
  clock.advance(300)
  expect(did).toEqual(['unwell 0', 'well 0', 'restart 150'])
})

test('without the connection to the server no new connection is made: the next restart comes with it', () => {
  const { clock, did, repair } = repairing()
  repair.path('lost')
  clock.advance(500)
  repair.described()
  repair.signaling(false)
  clock.advance(60_000)
  repair.signaling(true)
  expect(did).toEqual(['unwell 0', 'restart 0', 'restart 60500'])
})

test('a path that is given up while those of a restart are checked does not begin another one', () => {
  const { clock, did, repair } = repairing()
  repair.path('unwell')
  clock.advance(3_000)
  repair.described()
  repair.path('lost')
  clock.advance(7_999)
  expect(did).toEqual(['unwell 0', 'restart 3000'])
  clock.advance(1)
  expect(did.at(-1)).toBe('failed 11000: no other path was found')
})

type Step = { readonly does: (of: ReturnType<typeof repairing>) => void }
const step = fc.oneof(
  fc.constantFrom('up', 'unwell', 'lost').map((path): Step => ({ does: ({ repair }) => repair.path(path as 'up') })),
  fc.boolean().map((is): Step => ({ does: ({ repair }) => repair.silent(is) })),
  fc.boolean().map((can): Step => ({ does: ({ repair }) => repair.signaling(can) })),
  fc.constant<Step>({ does: ({ repair }) => repair.requested() }),
  fc.constant<Step>({ does: ({ repair }) => repair.described() }),
  fc.nat(20_000).map((ms): Step => ({ does: ({ clock }) => clock.advance(ms) })),
)

test('whatever happens: unwell and well take turns, nothing comes after the end, and a path that stays up rests', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const of = repairing()
      for (const { does } of steps) {
        if (of.did.at(-1)?.startsWith('failed')) break
        does(of)
      }
      const told = of.did.filter((what) => /^(un)?well/.test(what)).map((what) => what.split(' ')[0])
      expect(told).toEqual(told.map((_, i) => (i % 2 === 0 ? 'unwell' : 'well')))
      if (!of.did.at(-1)?.startsWith('failed')) {
        of.repair.signaling(true)
        of.repair.silent(false)
        of.repair.path('up')
        of.clock.advance(100_000)
        const rests = of.did.length
        of.clock.advance(1_000_000)
        expect(of.did).toHaveLength(rests)
      }
      of.repair.close()
      expect(of.clock.waiting).toBe(0)
    }),
  )
})
