import type { ClientMessage } from '@peerstage/sdk/protocol'
import { description } from '../../harness/description'
import type { Random } from './random'

/** What valid messages are made of. */
export type Known = { readonly participants: readonly string[]; readonly born: number; readonly nextId: () => number }

type Maker = (random: Random, known: Known) => ClientMessage

const anybody = (random: Random, { participants }: Known): string => random.pick([...participants, 'unknown'])

const bodies = (random: Random) =>
  random.pick([
    { type: 'offer', sdp: 'v=0\r\n'.repeat(random.below(400)), layout: 1 },
    { type: 'answer', sdp: 'v=0' },
    { type: 'answer', sdp: description() },
    { type: 'candidate', candidate: 'candidate:1', sdpMid: null, sdpMLineIndex: random.below(4) },
    { type: 'restart' },
  ] as const)

const sources = (random: Random) =>
  Object.fromEntries(
    ['microphone', 'camera', 'screen', 'screenAudio']
      .filter(() => random.chance(0.5))
      .map((name) => [name, { published: random.chance(0.5), muted: random.chance(0.5) }]),
  )

/** One of each that a client may say; those that end a session are rarer. */
const MAKERS: readonly Maker[] = [
  () => ({ type: 'heartbeat' }),
  (random, { nextId }) => ({ type: 'chat.send', id: nextId(), text: 'x'.repeat(1 + random.below(300)) }),
  (_, { nextId }) => ({ type: 'chat.delete', id: nextId(), messageId: 'some-message' }),
  (random, { nextId }) => ({ type: 'chat.history', id: nextId(), limit: 1 + random.below(100) }),
  (random, { nextId }) => ({ type: 'media.update', id: nextId(), sources: sources(random) }),
  (_, { nextId }) => ({ type: 'stage.request', id: nextId() }),
  (_, { nextId }) => ({ type: 'stage.cancel', id: nextId() }),
  (_, { nextId }) => ({ type: 'stage.leave', id: nextId() }),
  (random, known) => ({ type: 'stage.approve', id: known.nextId(), participantId: anybody(random, known) }),
  (random, known) => ({ type: 'stage.invite', id: known.nextId(), participantId: anybody(random, known) }),
  (random, known) => ({
    type: 'moderation.mute',
    id: known.nextId(),
    participantId: anybody(random, known),
    source: random.pick(['microphone', 'camera', 'screen', 'screenAudio'] as const),
  }),
  (random, known) => ({
    type: 'moderation.setRole',
    id: known.nextId(),
    participantId: anybody(random, known),
    role: random.pick(['host', 'cohost', 'guest', 'viewer'] as const),
  }),
  (random, { nextId }) => ({ type: random.chance(0.05) ? 'moderation.lock' : 'moderation.unlock', id: nextId() }),
  (random, known) => ({
    type: 'signal',
    to: anybody(random, known),
    epoch: { born: known.born, n: random.below(3) },
    order: random.below(100),
    body: bodies(random),
  }),
  () => ({ type: 'cast', cast: { type: 'reaction', emoji: '🔥' } }),
  (random) => ({ type: 'cast', cast: { type: 'data', value: { some: ['value', random.below(10)] } } }),
  (random, known) =>
    random.chance(0.01)
      ? { type: 'moderation.kick', id: known.nextId(), participantId: anybody(random, known) }
      : { type: 'session.refresh', id: known.nextId(), token: 'no token' },
  (random, { nextId }) =>
    random.chance(0.005)
      ? { type: random.pick(['leave', 'leave', 'leave', 'moderation.endRoom'] as const), id: nextId() }
      : random.chance(0.5)
        ? { type: 'join', id: nextId() }
        : { type: 'join', id: nextId(), offer: { type: 'offer', sdp: description(), layout: random.below(3) } },
]

export const validMessage = (random: Random, known: Known): ClientMessage => random.pick(MAKERS)(random, known)
