import fc from 'fast-check'
import type { Role } from '../../src/protocol'
import { type Asking, asking } from './asking'
import type { Holding } from './faulty-log'
import { ROOMS, TABS } from './seating'

/** Something that happens in a world, in terms that stay meaningful whatever happened before. */
export type Deed =
  | {
      readonly do:
        | 'open'
        | 'prepare'
        | 'close'
        | 'leave'
        | 'leaveAndOpen'
        | 'wake'
        | 'react'
        | 'holdNext'
        | 'free'
        | 'repeat'
      readonly tab: number
    }
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
  | { readonly do: 'drain' | 'start' | 'garbleLog' }

/** A deed, and whether the world comes to rest behind it; else the next one happens in the same moment. */
export type Step = { readonly deed: Deed; readonly rest: boolean }

// Some tabs more often than others, so that one thing leads to another: the two of one identity, and one of another.
const tab = fc.oneof(fc.constantFrom(0, 1, 5), fc.nat({ max: TABS.length - 1 }))
const roomId = fc.constantFrom(...ROOMS)
const role = fc.constantFrom<Role>('host', 'cohost', 'guest', 'viewer')

type Word = Deed['do']
/** What a deed of that word has beside it. */
type Rest<W, D = Deed> = D extends { do: infer Words } ? (W extends Words ? Omit<D, 'do'> : never) : never

type Arbitraries = { readonly [W in Word]: { readonly [K in keyof Rest<W>]: fc.Arbitrary<Rest<W>[K]> } }

const booleans = { told: fc.boolean() }

/** What each deed is made of. */
const PARTS: Arbitraries = {
  open: { tab },
  prepare: { tab },
  say: { tab, count: fc.constantFrom(1, 1, 1, 3, 12) },
  ask: { tab, asking, target: fc.nat({ max: 5 }) },
  react: { tab },
  token: { tab, role },
  leave: { tab },
  leaveAndOpen: { tab },
  close: { tab },
  reload: { tab, late: fc.boolean() },
  crash: { tab, ...booleans },
  wake: { tab },
  // Delays that lie about the bounds: a backoff, a closed tab's grace, a watchdog, a lost one's grace, the replay window.
  pass: { ms: fc.constantFrom(40, 700, 2_000, 9_999, 11_000, 31_000, 59_000, 61_000, 121_000) },
  cut: { tab, told: fc.constantFrom('both', 'client', 'server') },
  hold: { tab, direction: fc.constantFrom('up', 'down') },
  holdNext: { tab },
  trickle: { tab, count: fc.constantFrom(1, 2) },
  free: { tab },
  repeat: { tab },
  kill: booleans,
  drain: {},
  start: {},
  failLog: { count: fc.constantFrom(1, 1, 2, 5, 40) },
  garbleLog: {},
  holdLog: { roomId, holding: fc.constantFrom('before', 'after') },
  releaseLog: { roomId },
  setWall: { ms: fc.constantFrom(-300_000, -50_000, -3_000, 3_000, 300_000) },
  endRoom: { roomId },
}

/** How often each deed is done, in worlds of four kinds: anything, people, a bad network, a bad server. */
const WEIGHTS: Readonly<Record<Word, readonly [anything: number, people: number, network: number, server: number]>> = {
  open: [22, 22, 14, 14],
  prepare: [6, 6, 6, 4],
  say: [22, 4, 25, 20],
  ask: [22, 50, 6, 10],
  react: [2, 0, 1, 1],
  token: [3, 6, 0, 0],
  leave: [2, 8, 1, 0],
  leaveAndOpen: [3, 14, 1, 1],
  close: [2, 5, 1, 1],
  reload: [6, 4, 9, 2],
  crash: [2, 1, 3, 1],
  wake: [1, 0, 3, 1],
  pass: [12, 10, 22, 14],
  cut: [6, 1, 12, 4],
  hold: [6, 0, 12, 1],
  holdNext: [6, 0, 18, 1],
  trickle: [8, 0, 20, 1],
  free: [3, 0, 4, 1],
  repeat: [3, 0, 6, 1],
  kill: [4, 0, 0, 9],
  drain: [1, 0, 0, 2],
  start: [6, 1, 1, 14],
  failLog: [4, 0, 0, 7],
  garbleLog: [1, 0, 0, 3],
  holdLog: [4, 0, 0, 8],
  releaseLog: [5, 1, 1, 9],
  setWall: [1, 0, 0, 3],
  endRoom: [1, 3, 0, 1],
}

const WORDS = Object.keys(WEIGHTS) as Word[]

const deedOf = (word: Word): fc.Arbitrary<Deed> =>
  fc.record<object>(PARTS[word]).map((rest) => ({ do: word, ...rest }) as Deed)

const stepsOf = (kind: 0 | 1 | 2 | 3): fc.Arbitrary<Step[]> => {
  const weighted = WORDS.map((word) => ({ weight: WEIGHTS[word][kind], arbitrary: deedOf(word) }))
  const step = fc.record({ deed: fc.oneof(...weighted), rest: fc.constantFrom(true, true, false) })
  return fc.array(step, { minLength: 5, maxLength: 40, size: 'max' })
}

const opening: fc.Arbitrary<Step> = tab.map((each) => ({ deed: { do: 'open', tab: each }, rest: true }))

/** What happens in one world: some come in, then anything. */
export const scripts: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(opening, { minLength: 2, maxLength: 5, size: 'max' }),
    fc.oneof(stepsOf(0), stepsOf(1), stepsOf(2), stepsOf(3)),
  )
  .map(([first, then]) => [...first, ...then])
