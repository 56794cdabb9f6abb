// A peer that is no client of ours: it makes its victim one real offer, takes up no answer, and then asks to start over again and
// again. Url, its name, token and the victim's name by its arguments.
import { randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import { EMPTY_SLOTS } from '../../src/peering/media-transport'
import { simplePeerTransport } from '../../src/peering/simple-peer'
import { systemClock } from '../../src/ports/clock'
import {
  type ClientMessage,
  decodeServerFrame,
  encodeMessage,
  type Hello,
  joinFrame,
  type ServerMessage,
  type SignalBody,
} from '../../src/protocol'
import { roomUrl, subprotocolsOf } from '../../src/signaling/hello'
import { leave } from './leave'
import { nodeWebRtc } from './wrtc-media'

/** `answered`: the victim has opened a connection for the offer. `asked`: to start over, once more. */
export type HostileUp = { type: 'answered' } | { type: 'asked' } | { type: 'left' } | { type: 'failed'; reason: string }
export type HostileDown = { type: 'leave' }

type Victim = { readonly id: string; readonly born: number }
type Say = (to: Victim, order: number, body: SignalBody) => void

/** Well within the 10 s that a try, or a turn of it, has. */
const PACE_MS = 2_000

const [, , url = '', , token = '', victimName = ''] = process.argv
const tell = (message: HostileUp) => process.send?.(message)
const hello: Hello = {
  intent: 'join',
  token,
  session: randomBytes(32).toString('base64url'),
  attempt: 1,
  joinId: 'join-of-mal',
  client: 'hostile',
}
const offering = simplePeerTransport(
  nodeWebRtc,
  systemClock,
)({
  offerer: true,
  tracks: EMPTY_SLOTS,
  iceServers: [],
  iceTransportPolicy: 'all',
  certificate: undefined,
  events: {
    signal: (body) => {
      if (body.type === 'offer') enter(body)
    },
    track: () => undefined,
    advanced: () => undefined,
    path: () => undefined,
    connected: () => undefined,
    failed: () => undefined,
  },
})
process.on('message', () => {
  offering.close()
  leave({ type: 'left' } satisfies HostileUp)
})

function enter(offer: SignalBody): void {
  const socket = new WebSocket(roomUrl(url, 'node'), subprotocolsOf(hello))
  const say: Say = (to, order, body) => {
    const signal: ClientMessage = { type: 'signal', to: to.id, epoch: { born: to.born, n: 0 }, order, body }
    socket.send(joinFrame([encodeMessage(signal)]))
  }
  socket.on('close', (code) => tell({ type: 'failed', reason: `the socket closed with ${code}` }))
  socket.on('message', (frame) => {
    for (const decoded of decodeServerFrame(String(frame)) ?? []) if (decoded.ok) take(decoded.message, offer, say)
  })
}

let victim: Victim | undefined

function take(message: ServerMessage, offer: SignalBody, say: Say): void {
  if (message.type === 'signal' && message.body.type === 'answer') torment(say)
  if (message.type !== 'welcome') return
  const id = message.room?.participants.find(({ name }) => name === victimName)?.id
  // The newcomer makes the offer on this edge.
  const edge = message.room?.edges.find(({ offerer, answerer }) => offerer === message.self && answerer === id)
  if (edge === undefined) return void tell({ type: 'failed', reason: `there is no ${victimName} to make an offer to` })
  victim = { id: edge.answerer, born: edge.born }
  say(victim, 0, offer)
}

function torment(say: Say): void {
  let order = 1
  tell({ type: 'answered' })
  setInterval(() => {
    if (victim) say(victim, order++, { type: 'restart' })
    tell({ type: 'asked' })
  }, PACE_MS)
}
