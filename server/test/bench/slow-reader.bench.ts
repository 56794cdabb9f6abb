// What a stalled reader costs the others: the same room with it and without it, in turn. Quote the ratios, not the times.
import { test } from 'vitest'
import { LiveServer } from '../../../sdk/test/browser/harness/live-server'
import { ascending, at, NO_BOUNDS, playRounds, type Round, ratiosOf } from '../harness/stalled-reader'

const READERS = 18
const MESSAGES = 300
const ROUNDS = 12

test(`others beside one stalled reader, medians of ${ROUNDS} rounds`, async () => {
  const server = await LiveServer.start({ args: ['--limits', JSON.stringify(NO_BOUNDS)] })
  const rounds = await playRounds(server.url, { readers: READERS, messages: MESSAGES, rounds: ROUNDS })
  await server.stop()
  for (const share of [0.5, 0.99]) {
    const ratios = ratiosOf(rounds, share)
    const ms = (of: keyof Round) => at(ascending(rounds.map((round) => at(round[of], share))), 0.5).toFixed(1)
    console.log(
      `${share * 100} % of the texts were with the ${READERS} others within ${ms('beside')} ms beside one that stalls, ` +
        `${ms('without')} ms without: ${at(ratios, 0.5).toFixed(2)} ×, ` +
        `half of the rounds from ${at(ratios, 0.25).toFixed(2)} to ${at(ratios, 0.75).toFixed(2)}`,
    )
  }
})
