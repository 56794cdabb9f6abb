// Runs the scenarios of the transport contract on @roamhq/wrtc, one after the other, and tells the parent of each.
import { simplePeerTransport } from '../../src/peering/simple-peer'
import { systemClock } from '../../src/ports/clock'
import { mediaTransportContract, type World } from '../contract/media-transport'
import { leave } from './leave'
import { GeneratedMedia, nodeWebRtc } from './wrtc-media'

export type ContractUp = { name: string; failure: string | null }

/** Bounds a hang; nothing is measured against it. */
const LIMIT_MS = 4 * 60_000

for (const [name, scenario] of Object.entries(mediaTransportContract)) {
  const media = new GeneratedMedia()
  const world: World = { open: simplePeerTransport(nodeWebRtc, systemClock), track: (kind) => media.track(kind), until }
  const failure = await scenario(world).then(
    () => null,
    (error) => String(error),
  )
  media.stop()
  process.send?.({ name, failure } satisfies ContractUp)
}
leave({ name: 'the end', failure: null } satisfies ContractUp)

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
