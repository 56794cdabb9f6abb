// The contract on the fake that links and meshes are tested with: a fake that does not keep it proves nothing.
import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { FakeNetwork, fakeTrack } from '../harness/fake-transport'
import { mediaTransportContract, type World } from './media-transport'

function fakeWorld(): World {
  const clock = new FakeClock()
  let tracks = 0
  return {
    open: new FakeNetwork(clock).opener(),
    track: (kind) => fakeTrack(kind, `${kind} ${tracks++}`),
    until: async (what, condition) => {
      for (let waited = 0; !(await condition()); waited += 10) {
        if (waited > 60_000) throw new Error(`never: ${what}`)
        await clock.advanceAsync(10)
      }
    },
  }
}

test.each(Object.entries(mediaTransportContract))('the fake transport %s', async (_name, scenario) => {
  await expect(scenario(fakeWorld())).resolves.toBeUndefined()
})
