// What visitors do in a room.
import { randomBytes } from 'node:crypto'
import { signToken } from '../../src/index'
import { description } from '../harness/description'
import { BAD_MESSAGES } from '../harness/hostile-inputs'
import { between, oneOf, weighted } from './chance'
import { SECRET } from './settings'
import type { Visitor } from './visitor'

type Deed = (visitor: Visitor) => Promise<void>

/** Text that does not compress, of any length that chat may have. */
const text = () => randomBytes(between(1, 700)).toString('hex')

const say: Deed = (visitor) => visitor.ask({ type: 'chat.send', text: text() })
const readBack: Deed = (visitor) => visitor.ask({ type: 'chat.history', limit: between(1, 100) })
const deleteSome: Deed = async (visitor) => {
  const messageId = oneOf(visitor.messageIds)
  if (messageId !== undefined) await visitor.ask({ type: 'chat.delete', messageId })
}
const publish: Deed = (visitor) => {
  const camera = { published: Math.random() < 0.7, muted: Math.random() < 0.3 }
  return visitor.ask({ type: 'media.update', sources: { camera } })
}
const react: Deed = async ({ client }) => {
  client.say({ type: 'cast', cast: { type: 'reaction', emoji: '🎉' } })
  client.say({
    type: 'cast',
    cast: { type: 'data', value: { cursor: [between(0, 999), between(0, 999)], note: text() } },
  })
  await client.roundTrip()
}
const signal: Deed = async (visitor) => {
  const to = oneOf(visitor.others)
  if (to === undefined) return
  const body = { type: 'offer', sdp: description(randomBytes(1500).toString('hex')), layout: 1 }
  visitor.client.say({ type: 'signal', to, epoch: { born: 1, n: 0 }, order: 0, body })
  await visitor.client.roundTrip()
}
const refresh: Deed = async (visitor) => {
  const { room, identity, role } = visitor.visit
  const token = await signToken({ secret: SECRET, room, identity, role, expiresInSeconds: between(100, 10_000) })
  await visitor.ask({ type: 'session.refresh', token })
}
const stammer: Deed = async ({ client, visit: { tally } }) => {
  const [, message = ''] = oneOf(BAD_MESSAGES) ?? []
  client.raw(`[${message}]`)
  tally.note('bad messages')
  await client.roundTrip()
}
const raiseHand: Deed = async (visitor) => {
  await visitor.ask({ type: 'stage.request' })
  await visitor.ask({
    type: weighted([
      [1, 'stage.cancel'],
      [1, 'stage.leave'],
    ] as const),
  })
}

const moderate: Deed = async (visitor) => {
  const participantId = oneOf(visitor.others)
  if (participantId === undefined) return
  await visitor.ask(
    weighted([
      [4, { type: 'moderation.mute', participantId, source: 'camera' }],
      [2, { type: 'moderation.setRole', participantId, role: 'cohost' }],
      [2, { type: 'stage.invite', participantId }],
      [2, { type: 'moderation.kick', participantId, minutes: 1 }],
      [1, { type: 'moderation.ban', participantId }],
      [1, { type: 'moderation.bans' }],
    ] as const),
  )
}
const lock: Deed = async (visitor) => {
  await visitor.ask({ type: 'moderation.lock' })
  await visitor.ask({ type: 'moderation.unlock' })
}
const endRoom: Deed = (visitor) => visitor.ask({ type: 'moderation.endRoom' })

/** One deed, by chance. Those that only moderators may do are tried by others too. */
export const doSomething: Deed = (visitor) =>
  weighted<Deed>([
    [10, say],
    [2, readBack],
    [2, deleteSome],
    [3, publish],
    [3, react],
    [4, signal],
    [1, refresh],
    [1, stammer],
    [1, raiseHand],
    [2, moderate],
    [0.5, lock],
    [0.1, endRoom],
  ])(visitor)
