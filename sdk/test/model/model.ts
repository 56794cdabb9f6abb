import fc from 'fast-check'
import { seededRandom } from '../harness/seeded-random'
import type { Disk } from './house'
import { play } from './play'
import { type Step, scripts } from './steps'
import { World } from './world'

type Policy = 'replace' | 'reject'

/** One run of a world: everything that chance decides in it. */
export type Sequence = { readonly script: readonly Step[]; readonly chance: number; readonly policy: Policy }

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  script: scripts,
  chance: fc.integer(),
  policy: fc.constantFrom<Policy>('replace', 'replace', 'reject'),
})

/** Plays one sequence to its end. Gives back what happened in it, in words. */
export async function playSequence(disk: Disk, { script, chance, policy }: Sequence): Promise<Set<string>> {
  try {
    const world = new World({ disk, duplicateSessions: policy, random: seededRandom(chance) })
    await play(world, script)
    return world.house.witness.seen
  } finally {
    disk.close()
  }
}

/** Numbers that a longer run, or the repetition of a failed one, is given by. */
const given = (name: string): number | undefined => {
  const value = process.env[name]
  return value === undefined || value === '' ? undefined : Number(value)
}

/**
 * Plays many sequences. Prints the seed; a failure prints with it the shortest sequence that fails, and how to repeat it.
 *
 * @param count how many, unless `PEERSTAGE_SEQUENCES` says another number
 */
export async function playMany(name: string, disk: () => Disk, count: number): Promise<void> {
  const numRuns = given('PEERSTAGE_SEQUENCES') ?? count
  const seed = given('PEERSTAGE_SEED') ?? Date.now() % 2 ** 31
  const path = process.env.PEERSTAGE_PATH
  console.info(`${name}: ${numRuns} sequences, PEERSTAGE_SEED=${seed}`)
  const property = fc.asyncProperty(sequences, async (sequence) => void (await playSequence(disk(), sequence)))
  const result = await fc.check(property, { numRuns, seed, ...(path ? { path, endOnFailure: true } : {}) })
  if (!result.failed) return
  const again = `PEERSTAGE_SEED=${result.seed} PEERSTAGE_PATH=${result.counterexamplePath}`
  const [shortest] = result.counterexample ?? []
  const steps = shortest?.script.map((step) => JSON.stringify(step)).join('\n')
  throw new Error(
    `${result.errorInstance}\nwith ${shortest?.policy}, chance ${shortest?.chance}:\n${steps}\nAgain: ${again}`,
  )
}
