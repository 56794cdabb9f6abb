import fc from 'fast-check'
import type { Role } from '../../src/protocol'
import type { Asking } from './asking'
import { asking } from './asking'
import type { Holding } from './faulty-log'
import { ROOMS, TABS } from './seating'

/** Something that happens in a world, in terms that stay meaningful whatever happened before. */
export type Deed =
  | { readonly do: 'open' | 'close' | 'leave' | 'wake' | 'react' | 'holdNew' | 'free' | 'repeat'; readonly tab: number }
  /** `late`: what the old page still says gets to the server after the new one's hello, if ever. */
  | { readonly do: 'reload'; readonly tab: number; readonly late: boolean }
  | { readonly do: 'crash'; readonly tab: number; readonly told: boolean }
  | { readonly do: 'say'; readonly tab: number; readonly count: number }
  | { readonly do: 'ask'; readonly tab: number; readonly asking: Asking; readonly target: number }
  | { readonly do: 'cut'; readonly tab: number; readonly told: 'both' | 'client' | 'server' }
  | { readonly do: 'hold'; readonly tab: number; readonly direction: 'up' | 'down' }
  | { readonly do: 'trickle'; readonly tab: number; readonly count: number }
  | { readonly do: 'token'; readonly tab: number; readonly role: Role }
  | { readonly do: 'pass' | 'setWall'; readonly ms: number }
  | { readonly do: 'failLog'; readonly count: number }
  | { readonly do: 'holdLog'; readonly roomId: string; readonly holding: Holding }
  | { readonly do: 'releaseLog' | 'endRoom'; readonly roomId: string }
  | { readonly do: 'kill'; readonly told: boolean }
  | { readonly do: 'drain' | 'start' }

/** A deed, and whether the world comes to rest behind it; else the next one happens in the same moment. */
export type Step = { readonly deed: Deed; readonly rest: boolean }

const tab = fc.nat({ max: TABS.length - 1 })
const roomId = fc.constantFrom(...ROOMS)
const role = fc.constantFrom<Role>('host', 'cohost', 'guest', 'viewer')

type Word = Deed['do']
/** What a deed of that word has beside it. */
type Rest<W, D = Deed> = D extends { do: infer Words } ? (W extends Words ? Omit<D, 'do'> : never) : never

const deed = <W extends Word>(weight: number, word: W, rest: { [K in keyof Rest<W>]: fc.Arbitrary<Rest<W>[K]> }) => ({
  weight,
  arbitrary: fc.record<object>(rest).map((each) => ({ do: word, ...each }) as Deed),
})

/** Delays that lie about the bounds: a backoff, a closed tab's grace, a watchdog, a lost one's grace, the replay window. */
const ms = fc.constantFrom(40, 700, 2_000, 9_999, 11_000, 31_000, 59_000, 61_000, 121_000)

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  deed(22, 'open', { tab }),
  deed(22, 'say', { tab, count: fc.constantFrom(1, 1, 1, 3, 12) }),
  deed(22, 'ask', { tab, asking, target: fc.nat({ max: 5 }) }),
  deed(12, 'pass', { ms }),
  deed(6, 'cut', { tab, told: fc.constantFrom('both', 'client', 'server') }),
  deed(6, 'hold', { tab, direction: fc.constantFrom('up', 'down') }),
  deed(4, 'holdNew', { tab }),
  deed(4, 'trickle', { tab, count: fc.constantFrom(1, 2) }),
  deed(5, 'free', { tab }),
  deed(3, 'repeat', { tab }),
  deed(6, 'reload', { tab, late: fc.boolean() }),
  deed(2, 'close', { tab }),
  deed(2, 'crash', { tab, told: fc.boolean() }),
  deed(2, 'leave', { tab }),
  deed(1, 'wake', { tab }),
  deed(2, 'react', { tab }),
  deed(3, 'token', { tab, role }),
  deed(1, 'setWall', { ms: fc.constantFrom(-300_000, -50_000, -3_000, 3_000, 300_000) }),
  deed(4, 'failLog', { count: fc.constantFrom(1, 1, 2, 5, 40) }),
  deed(4, 'holdLog', { roomId, holding: fc.constantFrom('before', 'after') }),
  deed(5, 'releaseLog', { roomId }),
  deed(1, 'endRoom', { roomId }),
  deed(4, 'kill', { told: fc.boolean() }),
  deed(1, 'drain', {}),
  deed(6, 'start', {}),
)

const step: fc.Arbitrary<Step> = fc.record({ deed: deeds, rest: fc.constantFrom(true, true, false) })
const opening: fc.Arbitrary<Step> = tab.map((each) => ({ deed: { do: 'open', tab: each }, rest: true }))

/** What happens in one world: some come in, then anything. */
export const scripts: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(opening, { minLength: 2, maxLength: 5, size: 'max' }),
    fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
  )
  .map(([first, then]) => [...first, ...then])
