// Two ends, a pipe that loses, doubles, delays and reorders, folds that arrive when they like, connections that die, pages that
// are loaded anew: when it is over, the two are connected in one and the same epoch.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edge } from '../../src/protocol'
import { edge, MeshRoom, type Seat } from '../harness/mesh-room'

type Name = 'ada' | 'bob'

type Step =
  | { do: 'wait'; ms: number }
  /** One of them folds on to the newest event. */
  | { do: 'fold'; who: Name }
  /** A new page: a new event, with the one who was there before as offerer. */
  | { do: 'reload'; who: Name }
  | { do: 'break'; who: Name }
  | { do: 'unreachable'; is: boolean }
  | { do: 'networkChanged'; who: Name }
  /** The way to the server was down. */
  | { do: 'back'; who: Name }

const name = fc.constantFrom<Name>('ada', 'bob')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 12_000 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fold' as const), who: name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), who: name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('break' as const), who: name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unreachable' as const), is: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('networkChanged' as const), who: name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('back' as const), who: name }) },
)

/** What becomes of a signal: the delays of its copies. */
const fate = fc.oneof(
  { weight: 4, arbitrary: fc.constant([1]) },
  { weight: 2, arbitrary: fc.constant<number[]>([]) },
  { weight: 3, arbitrary: fc.array(fc.integer({ min: 1, max: 15_000 }), { minLength: 1, maxLength: 3 }) },
)

/** Longer than all that the two may wait for, one after the other: pauses, asking, ten seconds to connect. */
const TO_HEAL_MS = 180_000

test('whatever happens to signals, folds, connections and pages: once it is over, both are connected in the same epoch', async () => {
  const chaos = fc.record({
    steps: fc.array(step, { maxLength: 25 }),
    fates: fc.array(fate, { minLength: 1, maxLength: 40 }),
    oneAtATime: fc.boolean(),
    chance: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  })
  await fc.assert(
    fc.asyncProperty(chaos, async ({ steps, fates, oneAtATime, chance }) => {
      const pair = new ChaoticPair(fates, oneAtATime, chance)
      for (const each of steps) await pair.run(each)
      await pair.heal()
      pair.expectConnected()
    }),
    { numRuns: 300 },
  )
})

class ChaoticPair {
  readonly #room = new MeshRoom()
  readonly #chance: number
  readonly #seats: Record<Name, Seat>
  #edge: Edge = edge('ada', 'bob', 1)
  readonly #offerers = new Map([[1, 'ada']])
  #healed = false

  constructor(fates: readonly (readonly number[])[], oneAtATime: boolean, chance: number) {
    let carried = 0
    this.#chance = chance
    this.#room.network.oneAtATime = oneAtATime
    this.#room.pipe = () => (this.#healed ? [1] : (fates[carried++ % fates.length] ?? [1]))
    this.#seats = { ada: this.#sit('ada'), bob: this.#sit('bob') }
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'wait':
        await this.#room.clock.advanceAsync(step.ms)
        break
      case 'fold':
        this.#fold(step.who)
        break
      case 'reload':
        this.#reload(step.who)
        break
      case 'break':
        this.#room.network.live(step.who)[0]?.fail('broken')
        break
      case 'unreachable':
        this.#room.network.reachable = !step.is
        break
      case 'networkChanged':
        this.#seats[step.who].mesh.networkChanged()
        break
      case 'back':
        this.#fold(step.who, true)
    }
  }

  async heal(): Promise<void> {
    this.#healed = true
    this.#room.network.reachable = true
    this.#fold('ada')
    this.#fold('bob')
    await this.#room.clock.advanceAsync(TO_HEAL_MS)
  }

  expectConnected(): void {
    this.#expectSound()
    const { ada, bob } = this.#seats
    expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', offerer: this.#edge.offerer === 'ada' })
    expect(bob.linkTo('ada')).toMatchObject({ state: 'connected', epoch: ada.linkTo('bob')?.epoch })
    const [toBob, toAda] = [this.#room.network.live('ada'), this.#room.network.live('bob')]
    expect([toBob.length, toAda.length]).toEqual([1, 1])
    expect(toBob[0]?.connected && toAda[0]?.connected).toBe(true)
  }

  #sit(who: Name): Seat {
    return this.#room.seat(who, { random: () => this.#chance })
  }

  #fold(who: Name, isBack = false): void {
    const { mesh } = this.#seats[who]
    mesh.update({ selfId: who, seq: this.#edge.born, edges: [this.#edge] }, isBack)
  }

  /** The one on the new page hears of itself at once, the other one when it folds. */
  #reload(who: Name): void {
    this.#edge = edge(who === 'ada' ? 'bob' : 'ada', who, this.#edge.born + 1)
    this.#offerers.set(this.#edge.born, this.#edge.offerer)
    this.#seats[who] = this.#sit(who)
    this.#fold(who)
  }

  /** What must have held at every moment. */
  #expectSound(): void {
    for (const who of ['ada', 'bob']) expect(this.#room.network.mostLive(who)).toBeLessThanOrEqual(1)
    for (const { from, body, epoch } of this.#room.sent) {
      const isOfferer = from === this.#offerers.get(epoch.born)
      if (body.type !== 'candidate') expect(isOfferer).toBe(body.type === 'offer')
    }
  }
}
