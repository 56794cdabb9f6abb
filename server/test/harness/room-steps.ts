import { DEFAULT_LIMITS, type Role } from '@peerstage/sdk/protocol'
import fc from 'fast-check'
import { deadlines } from '../../src/room/room-life'
import { type Asked, OFF, ON, type RoomHarness } from './room-rules'

/** Makes a command for a target participant and a message. */
type Asking = (target: string, message: string) => Asked

/** One step of a generated run. It names participants and messages by number, so that it can be taken in any state of the room. */
export type Step =
  | { kind: 'join'; who: number; role: Role; session: number; stay: number }
  | { kind: 'ask'; who: number; asking: Asking; target: number; label: string }
  | { kind: 'end'; who: number; reason: 'left' | 'lost' }
  | { kind: 'refresh'; who: number; role: Role }
  | { kind: 'pass'; ms: number }
  | { kind: 'close'; reason: 'ended' | 'empty' }

/** The number of a participant that is not in the room. */
const ABSENT = 8
const who = fc.nat({ max: ABSENT })
const role = fc.constantFrom<Role>('host', 'cohost', 'guest', 'viewer')
const source = fc.constantFrom('microphone', 'camera', 'screen', 'screenAudio')
const slot = fc.constantFrom(
  ON,
  OFF,
  { ...ON, muted: true },
  { published: true },
  { muted: false },
  { interrupted: true },
)

const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const asks = <T>(weight: number, of: fc.Arbitrary<T>, how: (value: T) => Asking) => often(weight, of.map(how))

const asking: fc.Arbitrary<Asking> = fc.oneof(
  asks(2, fc.constantFrom('stage.request', 'stage.cancel', 'stage.leave'), (type) => () => ({ type })),
  asks(1, fc.constantFrom('moderation.lock', 'moderation.unlock', 'chat.history'), (type) => () => ({ type })),
  asks(4, fc.constantFrom('stage.approve', 'stage.reject', 'stage.invite'), (type) => (participantId) => ({
    type,
    participantId,
  })),
  asks(2, fc.dictionary(source, slot), (sources) => () => ({ type: 'media.update', sources })),
  asks(1, source, (of) => (participantId) => ({ type: 'moderation.mute', participantId, source: of })),
  asks(2, role, (to) => (participantId) => ({ type: 'moderation.setRole', participantId, role: to })),
  asks(1, fc.constantFrom({}, { minutes: 1 }), (time) => (participantId) => ({
    type: 'moderation.kick',
    participantId,
    ...time,
  })),
  asks(1, fc.constant('moderation.ban'), (type) => (participantId) => ({ type, participantId })),
  asks(1, fc.constant('moderation.bans'), (type) => () => ({ type })),
  asks(1, fc.string({ minLength: 1, maxLength: 20 }), (text) => () => ({ type: 'chat.send', text })),
  often(
    1,
    fc.constant<Asking>((_, messageId) => ({ type: 'chat.delete', messageId })),
  ),
  often(
    1,
    fc.constantFrom('chat.pin', 'chat.pin', 'chat.unpin').map(
      (type): Asking =>
        (_, messageId) => ({ type, messageId }),
    ),
  ),
)

const join: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('join'),
  who,
  role,
  session: fc.nat({ max: 1 }),
  stay: fc.nat({ max: 2 }),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  often(10, join),
  often(
    40,
    fc
      .record({ kind: fc.constant('ask' as const), who, asking, target: who })
      // A failing case does not print functions, so the label shows the command.
      .map((each): Step => ({ ...each, label: JSON.stringify(each.asking('target', 'message')) })),
  ),
  often(3, fc.record({ kind: fc.constant('end'), who, reason: fc.constantFrom('left', 'lost') })),
  often(1, fc.record({ kind: fc.constant('refresh'), who, role })),
  often(2, fc.record({ kind: fc.constant('pass'), ms: fc.nat({ max: 90_000 }) })),
)

const closing: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('close'),
  reason: fc.constantFrom('ended', 'empty'),
})

/** Many steps; often the last one ends the room. */
export const steps: fc.Arbitrary<Step[]> = fc
  .tuple(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), fc.array(closing, { maxLength: 1 }))
  .map(([many, last]) => [...many, ...last])

/** Takes a step, mostly of a participant in the room; the number {@link ABSENT} is never in it. */
export function take(room: RoomHarness, each: Step): void {
  const isOpen = room.records.length > 0
  const present = isOpen ? room.room.participants.map(({ id }) => id) : []
  const idOf = (nth: number) => (nth === ABSENT ? undefined : present[nth % present.length]) ?? 'unknown'
  switch (each.kind) {
    case 'join': {
      const [session, joinId] = [`session-${each.who}-${each.session}`, `stay-${each.stay}`]
      room.join(`identity-${each.who}`, { role: each.role, session, joinId })
      return
    }
    case 'ask':
      ask(room, each, idOf)
      return
    case 'end':
      room.leave(idOf(each.who), each.reason)
      return
    case 'refresh':
      room.run({ type: 'session.refreshed', participantId: idOf(each.who), role: each.role })
      return
    case 'pass':
      room.pass(each.ms)
      if (isOpen) for (const due of deadlines(room.state, new Map(), DEFAULT_LIMITS, room.now).due) room.run(due)
      return
    case 'close':
      if (each.reason === 'empty') for (const id of present) room.leave(id)
      room.run({ type: 'room.end', reason: each.reason })
  }
}

/** Sends a command. Replaces its participant so that raised hands and invitations are answered: by chance that would be rare. */
function ask(
  room: RoomHarness,
  { asking, who, target }: Extract<Step, { kind: 'ask' }>,
  idOf: (nth: number) => string,
) {
  const { messages = [], stageRequests = [], invitations = [] } = room.records.length > 0 ? room.room : {}
  const asked = asking(idOf(target), messages[target % messages.length]?.id ?? 'none')
  const [hand] = stageRequests
  const [invitation] = invitations
  const answersHand = (asked.type === 'stage.approve' || asked.type === 'stage.reject') && hand !== undefined
  const answersInvitation = asked.type === 'stage.request' || asked.type === 'stage.cancel'
  const by = answersInvitation && invitation !== undefined ? invitation.participantId : idOf(who)
  room.ask(by, answersHand ? { ...asked, participantId: hand.participantId } : asked)
}
