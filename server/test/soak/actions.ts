// What simulated users do in a room.
import { randomBytes } from 'node:crypto'
import { signToken } from '../../src/index'
import { description } from '../harness/description'
import { BAD_MESSAGES } from '../harness/hostile-inputs'
import { between, oneOf, weighted } from './random'
import { SECRET } from './settings'
import type { SimulatedUser } from './simulated-user'

type Action = (user: SimulatedUser) => Promise<void>

/** Text that does not compress, of any length that chat may have. */
const text = () => randomBytes(between(1, 700)).toString('hex')

const say: Action = (user) => user.ask({ type: 'chat.send', text: text() })
const readBack: Action = (user) => user.ask({ type: 'chat.history', limit: between(1, 100) })
const deleteSome: Action = async (user) => {
  const messageId = oneOf(user.messageIds)
  if (messageId !== undefined) await user.ask({ type: 'chat.delete', messageId })
}
const publish: Action = (user) => {
  const camera = { published: Math.random() < 0.7, muted: Math.random() < 0.3 }
  return user.ask({ type: 'media.update', sources: { camera } })
}
const react: Action = async ({ client }) => {
  client.say({ type: 'cast', cast: { type: 'reaction', emoji: '🎉' } })
  client.say({
    type: 'cast',
    cast: { type: 'data', value: { cursor: [between(0, 999), between(0, 999)], note: text() } },
  })
  await client.roundTrip()
}
const signal: Action = async (user) => {
  const to = oneOf(user.others)
  if (to === undefined) return
  const body = { type: 'offer', sdp: description(randomBytes(1500).toString('hex')), layout: 1 }
  user.client.say({ type: 'signal', to, epoch: { born: 1, n: 0 }, order: 0, body })
  await user.client.roundTrip()
}
const refresh: Action = async (user) => {
  const { room, identity, role } = user.run
  const token = await signToken({ secret: SECRET, room, identity, role, expiresInSeconds: between(100, 10_000) })
  await user.ask({ type: 'session.refresh', token })
}
const sendBadMessage: Action = async ({ client, run: { tally } }) => {
  const [, message = ''] = oneOf(BAD_MESSAGES) ?? []
  client.raw(`[${message}]`)
  tally.note('bad messages')
  await client.roundTrip()
}
const raiseHand: Action = async (user) => {
  await user.ask({ type: 'stage.request' })
  await user.ask({
    type: weighted([
      [1, 'stage.cancel'],
      [1, 'stage.leave'],
    ] as const),
  })
}

const moderate: Action = async (user) => {
  const participantId = oneOf(user.others)
  if (participantId === undefined) return
  await user.ask(
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
const lock: Action = async (user) => {
  await user.ask({ type: 'moderation.lock' })
  await user.ask({ type: 'moderation.unlock' })
}
const endRoom: Action = (user) => user.ask({ type: 'moderation.endRoom' })

/** One action, chosen at random. Those that only moderators may do are tried by others too. */
export const doSomething: Action = (user) =>
  weighted<Action>([
    [10, say],
    [2, readBack],
    [2, deleteSome],
    [3, publish],
    [3, react],
    [4, signal],
    [1, refresh],
    [1, sendBadMessage],
    [1, raiseHand],
    [2, moderate],
    [0.5, lock],
    [0.1, endRoom],
  ])(user)
