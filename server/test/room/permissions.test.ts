import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChatMessage, Role, RoomCommand } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { route } from '../../src/room/route'
import { type Asked, ON, outcomeOf, roomHarness } from '../harness/room-rules'

const ROLES = ['host', 'cohost', 'guest', 'viewer'] as const satisfies Role[]
/** The target of a command: the sender, another participant of each role (so one lower, equal and higher), or none that is there. */
const TARGETS = ['self', ...ROLES, 'absent'] as const
type Target = (typeof TARGETS)[number]

/** What names a target: its id, a message of its own, a ban. */
type Named = { readonly participantId: string; readonly messageId: string; readonly banId: string }
type ExpectedOutcome = (actor: Role, target: Target) => string
type Row = { readonly ask: (of: Named) => Asked; readonly outcome: ExpectedOutcome }

// The rules in words of their own: the server's table is not asked.
const isModerator = (actor: Role) => actor === 'host' || actor === 'cohost'
const allowed = (yes: boolean) => (yes ? 'accepted' : 'forbidden')
const everybody: ExpectedOutcome = () => 'accepted'
const moderators: ExpectedOutcome = (actor) => allowed(isModerator(actor))
const hosts: ExpectedOutcome = (actor) => allowed(actor === 'host')

/** A moderator, on a participant that is there. */
const onAnybody: ExpectedOutcome = (actor, target) =>
  !isModerator(actor) ? 'forbidden' : target === 'absent' ? 'peer_not_found' : 'accepted'

/** A host on all others, a cohost on guests and viewers; none on itself. */
const onThoseBelow: ExpectedOutcome = (actor, target) => {
  if (!isModerator(actor) || target === 'absent') return onAnybody(actor, target)
  if (target === 'self') return 'forbidden'
  return allowed(actor === 'host' || target === 'guest' || target === 'viewer')
}

/** A host steps down as well. */
const onRoleOf: ExpectedOutcome = (actor, target) =>
  actor === 'host' && target === 'self' ? 'accepted' : onThoseBelow(actor, target)

/** Each command of the protocol; one that has no row here does not compile. */
const MATRIX: Readonly<Record<RoomCommand['type'], readonly Row[]>> = {
  'media.update': [
    {
      ask: () => ({ type: 'media.update', sources: { microphone: ON } }),
      outcome: (actor) => allowed(actor !== 'viewer'),
    },
    { ask: () => ({ type: 'media.update', sources: {} }), outcome: everybody },
  ],
  'chat.send': [{ ask: () => ({ type: 'chat.send', text: 'hello' }), outcome: everybody }],
  'chat.history': [{ ask: () => ({ type: 'chat.history' }), outcome: everybody }],
  'chat.delete': [
    {
      ask: ({ messageId }) => ({ type: 'chat.delete', messageId }),
      outcome: (actor, target) =>
        target === 'absent' ? 'message_not_found' : allowed(target === 'self' || isModerator(actor)),
    },
  ],
  'chat.pin': [
    {
      ask: ({ messageId }) => ({ type: 'chat.pin', messageId }),
      outcome: (actor, target) =>
        !isModerator(actor) ? 'forbidden' : target === 'absent' ? 'message_not_found' : 'accepted',
    },
  ],
  'chat.unpin': [{ ask: ({ messageId }) => ({ type: 'chat.unpin', messageId }), outcome: moderators }],
  'stage.request': [{ ask: () => ({ type: 'stage.request' }), outcome: everybody }],
  'stage.cancel': [{ ask: () => ({ type: 'stage.cancel' }), outcome: everybody }],
  'stage.leave': [{ ask: () => ({ type: 'stage.leave' }), outcome: (actor) => allowed(actor !== 'host') }],
  'stage.approve': [{ ask: ({ participantId }) => ({ type: 'stage.approve', participantId }), outcome: onAnybody }],
  'stage.reject': [{ ask: ({ participantId }) => ({ type: 'stage.reject', participantId }), outcome: onAnybody }],
  'stage.invite': [{ ask: ({ participantId }) => ({ type: 'stage.invite', participantId }), outcome: onAnybody }],
  'moderation.mute': (['microphone', 'camera', 'screen', 'screenAudio'] as const).map((source) => ({
    ask: ({ participantId }) => ({ type: 'moderation.mute', participantId, source }),
    outcome: onThoseBelow,
  })),
  'moderation.kick': [
    { ask: ({ participantId }) => ({ type: 'moderation.kick', participantId }), outcome: onThoseBelow },
  ],
  'moderation.ban': [
    { ask: ({ participantId }) => ({ type: 'moderation.ban', participantId }), outcome: onThoseBelow },
  ],
  'moderation.banAuthor': [
    {
      ask: ({ messageId }) => ({ type: 'moderation.banAuthor', messageId }),
      outcome: (actor, target) =>
        target === 'absent' && isModerator(actor) ? 'message_not_found' : onThoseBelow(actor, target),
    },
  ],
  'moderation.unban': [
    {
      ask: ({ banId }) => ({ type: 'moderation.unban', banId }),
      outcome: (actor) => (isModerator(actor) ? 'ban_not_found' : 'forbidden'),
    },
  ],
  'moderation.bans': [{ ask: () => ({ type: 'moderation.bans' }), outcome: moderators }],
  'moderation.setRole': ROLES.map((role) => ({
    ask: ({ participantId }) => ({ type: 'moderation.setRole', participantId, role }),
    outcome: (actor, target) =>
      role === 'host' && actor === 'cohost' && target !== 'absent' ? 'forbidden' : onRoleOf(actor, target),
  })),
  'moderation.lock': [{ ask: () => ({ type: 'moderation.lock' }), outcome: moderators }],
  'moderation.unlock': [{ ask: () => ({ type: 'moderation.unlock' }), outcome: moderators }],
  'moderation.endRoom': [{ ask: () => ({ type: 'moderation.endRoom' }), outcome: hosts }],
}

/** Two of each role, so that the rule of the last host is out of the way; everybody has written, viewers have asked. */
function fullHouse() {
  const room = roomHarness()
  const of = (nth: number) => new Map(ROLES.map((role) => [role, room.enter(`${role}-${nth}`, role)]))
  const [actors, others] = [of(1), of(2)]
  for (const who of [actors, others]) {
    room.ask(who.get('viewer') ?? '', { type: 'stage.request' })
    for (const id of who.values()) room.ask(id, { type: 'chat.send', text: 'hello' })
  }
  const idOf = (actor: Role, target: Target) =>
    (target === 'self' ? actors.get(actor) : target === 'absent' ? undefined : others.get(target)) ?? 'unknown'
  return { room, actorId: (actor: Role) => actors.get(actor) ?? '', idOf }
}

function asked(actor: Role, target: Target, { ask }: Row): { outcome: string; isUnchanged: boolean } {
  const { room, actorId, idOf } = fullHouse()
  const participantId = idOf(actor, target)
  const message: ChatMessage | undefined = room.room.messages.find((each) => each.participantId === participantId)
  const identity = room.state.ledger.sessions.get(participantId)?.identity ?? ''
  const before = room.state
  const command = ask({ participantId, messageId: message?.id ?? 'none', banId: 'none' })
  const looked = message === undefined ? {} : { message: { message, identity } }
  const outcome = outcomeOf(room.ask(actorId(actor), command, undefined, looked))
  return { outcome, isUnchanged: room.state === before }
}

const byTarget = (of: (target: Target) => string) => Object.fromEntries(TARGETS.map((target) => [target, of(target)]))

describe.each(ROLES)('a %s [R5.1, R5.2]', (actor) => {
  const rows = Object.entries(MATRIX).flatMap(([type, all]) =>
    all.map((row, nth) => ({ name: `${type} ${nth + 1}`, row })),
  )

  test.each(rows)('$name, on each target', ({ row }) => {
    const expected = byTarget((target) => row.outcome(actor, target))
    expect(byTarget((target) => asked(actor, target, row).outcome)).toEqual(expected)
    for (const target of TARGETS) {
      if (expected[target] !== 'accepted') expect(asked(actor, target, row).isUnchanged).toBe(true)
    }
  })

  test('signals go to others along an edge: two viewers have none; the sender itself and an unknown one have the same answer [R5.10]', () => {
    const { room, actorId, idOf } = fullHouse()
    const outcome = (target: Target) => {
      const signal = { type: 'signal', to: idOf(actor, target), epoch: { born: 1, n: 0 }, order: 0 } as const
      const answer = route(room.state, actorId(actor), {
        type: 'signal',
        signal: { ...signal, body: { type: 'restart' } },
      })
      return answer.ok ? 'accepted' : answer.error.code
    }
    const reached = (target: Target) =>
      target !== 'self' && target !== 'absent' && !(actor === 'viewer' && target === 'viewer')
    expect(byTarget(outcome)).toEqual(byTarget((target) => (reached(target) ? 'accepted' : 'peer_not_found')))
  })

  test('casts go to others, whatever their role; to the sender or an unknown one they do not', () => {
    const { room, actorId, idOf } = fullHouse()
    const outcome = (target: Target) => {
      const cast = { type: 'data', value: 1, to: [idOf(actor, target)] } as const
      const answer = route(room.state, actorId(actor), { type: 'cast', cast: { ...cast, to: [...cast.to] } })
      return answer.ok ? 'accepted' : answer.error.code
    }
    const reached = (target: Target) => target !== 'self' && target !== 'absent'
    expect(byTarget(outcome)).toEqual(byTarget((target) => (reached(target) ? 'accepted' : 'peer_not_found')))
    const reaction = route(room.state, actorId(actor), { type: 'cast', cast: { type: 'reaction', emoji: '👏' } })
    expect('to' in reaction ? reaction.to : []).toHaveLength(7)
  })
})

test('the permission table is asked in decide and route and nowhere else [R5.1]', () => {
  const sources = fileURLToPath(new URL('../../src', import.meta.url))
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const asks = (name: string) => /\b(?:permissionsOf|PERMISSIONS)\b/.test(readFileSync(join(sources, name), 'utf8'))
  expect(files.filter(asks).sort()).toEqual([join('room', 'decide.ts'), join('room', 'route.ts')])
})
