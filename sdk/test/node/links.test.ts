// Links on the real WebRTC of Node (@roamhq/wrtc), each peer in a child process.
import { afterEach, expect, test } from 'vitest'
import { mediaTransportContract } from '../contract/media-transport'
import { Child, compile } from './child'
import type { ContractUp } from './contract-program'
import type { PeerDown, PeerUp } from './peer-program'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test.each(['media', 'bare'])('two processes link up (%s), close without a timer left, and end well', async (load) => {
  const program = await compile('./peer-program.ts')
  cleanups.push(program.remove)
  const peers = ['offerer', 'answerer'].map((role) => new Child<PeerUp, PeerDown>(program.path, [role, load]))
  cleanups.push(() => peers.map((peer) => peer.kill()))
  const [offerer, answerer] = peers as [Child<PeerUp, PeerDown>, Child<PeerUp, PeerDown>]

  const last = load === 'media' ? 'frames' : 'connected'
  const seen = await Promise.all([relay(offerer, answerer, last), relay(answerer, offerer, last)])
  if (load === 'media') expect(seen).toEqual(seen.map(() => ({ type: 'frames', width: 160, height: 120 })))

  for (const peer of peers) peer.send({ type: 'close' })
  for (const peer of peers) expect(await until(peer, 'closed')).toEqual({ type: 'closed', timers: 0 })
  for (const peer of peers) expect(await peer.ended()).toBe('exit code 0')
})

test('the Node transport keeps the contract of transports', async () => {
  const program = await compile('./contract-program.ts')
  cleanups.push(program.remove)
  const child = new Child<ContractUp, never>(program.path, [])
  cleanups.push(() => child.kill())
  for (const name of Object.keys(mediaTransportContract)) expect(await child.next()).toEqual({ name, failure: null })
  expect(await child.ended()).toBe('exit code 0')
})

/** Hands the signals of one peer to the other, until the peer tells `last`; from then on in the background. */
async function relay(
  from: Child<PeerUp, PeerDown>,
  to: Child<PeerUp, PeerDown>,
  last: PeerUp['type'],
): Promise<PeerUp> {
  for (;;) {
    const message = await from.next()
    if (message.type === 'failed') throw new Error(message.reason)
    if (message.type === 'signal') to.send(message)
    if (message.type === last) return message
  }
}

async function until(peer: Child<PeerUp, PeerDown>, type: PeerUp['type']): Promise<PeerUp> {
  for (;;) {
    const message = await peer.next()
    if (message.type === type) return message
  }
}
