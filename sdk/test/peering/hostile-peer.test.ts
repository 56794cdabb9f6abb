// A peer that does with its own link what it likes: it costs that link, and no other.
import { expect, test } from 'vitest'
import { CONNECT_LIMIT_MS } from '../../src/peering/standstill'
import { LONGEST_TURN_MS } from '../../src/peering/turns'
import type { SignalBody } from '../../src/protocol'
import { edge, Rig } from './rig'

const OFFER: SignalBody = { kind: 'offer', sdp: 'offer 99', layout: 1 }
const RESTART: SignalBody = { kind: 'restart' }

/** Mal is no mesh of ours: what it says is said here. It was there first, and has offered to ada before bob and cy come. */
async function withMal(oneAtATime: boolean) {
  const rig = new Rig()
  rig.network.oneAtATime = oneAtATime
  const ada = rig.seat('ada')
  const say = (n: number, order: number, body: SignalBody) =>
    ada.mesh.receive({ type: 'signal', from: 'mal', epoch: { born: 1, n }, order, body })
  rig.fold(1, edge('mal', 'ada'))
  say(0, 0, OFFER)
  await rig.clock.advance(0)
  for (const id of ['bob', 'cy']) rig.seat(id)
  rig.fold(2, edge('mal', 'ada'), edge('ada', 'bob', 2), edge('ada', 'cy', 2))
  return { rig, ada, say }
}

test('a peer that offers and then asks to start over every 8 s holds up no other link [R9.3, R9.5]', async () => {
  const { rig, ada, say } = await withMal(true)
  for (let order = 1; order < 8; order++) {
    await rig.clock.advance(8_000)
    say(0, order, RESTART)
  }
  expect(['bob', 'cy'].map((id) => ada.linkTo(id)?.state)).toEqual(['connected', 'connected'])
})

test('a turn has an end, however its link gets on, and the link goes on without it [R9.5]', async () => {
  const { rig, ada } = await withMal(true)
  const malicious = () => rig.network.transports.find(({ accepted }) => accepted.some(({ kind }) => kind === 'offer'))
  for (let waited = 0; waited < LONGEST_TURN_MS; waited += 1000) {
    malicious()?.options.events.advanced()
    await rig.clock.advance(1000)
  }
  await rig.clock.advance(1000)
  expect(['bob', 'cy'].map((id) => ada.linkTo(id)?.state)).toEqual(['connected', 'connected'])
  expect(malicious()?.closed).toBe(false)
})

test('a try that gets no further is over in time, whatever arrives meanwhile [R9.5]', async () => {
  const { rig, ada, say } = await withMal(false)
  for (let ms = 0; ms < CONNECT_LIMIT_MS + 1000; ms += 500) {
    say(0, 1 + ms, ms % 1000 === 0 ? RESTART : { kind: 'answer', sdp: `answer ${ms}` })
    await rig.clock.advance(500)
  }
  expect(ada.linkTo('mal')?.state).toBe('recovering')
})
