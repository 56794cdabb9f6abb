import type { Role, Source } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { route } from '../../src/room'
import { type Asked, ON, roomHarness, verdictOf } from './harness'

const ROLES: Role[] = ['host', 'cohost', 'guest', 'viewer']

// The rules once more in other words, so that a slip in the server's table cannot repeat itself here.
const EVERYBODY = 'host cohost guest viewer'
const MODERATORS = 'host cohost'

/** Commands that touch nobody else, and who may give them. */
const alone: [asked: Asked, who: string][] = [
  [{ type: 'media.update', sources: { microphone: ON } }, 'host cohost guest'],
  [{ type: 'media.update', sources: {} }, EVERYBODY],
  [{ type: 'chat.send', text: 'hello' }, EVERYBODY],
  [{ type: 'chat.history' }, EVERYBODY],
  [{ type: 'stage.request' }, EVERYBODY],
  [{ type: 'stage.cancel' }, EVERYBODY],
  [{ type: 'stage.leave' }, 'cohost guest viewer'],
  [{ type: 'moderation.bans' }, MODERATORS],
  [{ type: 'moderation.lock' }, MODERATORS],
  [{ type: 'moderation.unlock' }, MODERATORS],
  [{ type: 'moderation.endRoom' }, 'host'],
]

/** Commands on somebody else: for each actor, the roles it may do that to. */
const onOthers: [name: string, on: (participantId: string) => Asked, whom: Partial<Record<Role, string>>][] = [
  ['approve', (participantId) => ({ type: 'stage.approve', participantId }), { host: EVERYBODY, cohost: EVERYBODY }],
  ['reject', (participantId) => ({ type: 'stage.reject', participantId }), { host: EVERYBODY, cohost: EVERYBODY }],
  ['invite', (participantId) => ({ type: 'stage.invite', participantId }), { host: EVERYBODY, cohost: EVERYBODY }],
  [
    'kick',
    (participantId) => ({ type: 'moderation.kick', participantId }),
    { host: EVERYBODY, cohost: 'guest viewer' },
  ],
  ['ban', (participantId) => ({ type: 'moderation.ban', participantId }), { host: EVERYBODY, cohost: 'guest viewer' }],
  ...(['microphone', 'camera', 'screen', 'screenAudio'] satisfies Source[]).map((source): (typeof onOthers)[number] => [
    `mute ${source} of`,
    (participantId) => ({ type: 'moderation.mute', participantId, source }),
    { host: EVERYBODY, cohost: 'guest viewer' },
  ]),
  ...ROLES.map((role): (typeof onOthers)[number] => [
    `make a ${role} of`,
    (participantId) => ({ type: 'moderation.setRole', participantId, role }),
    role === 'host' ? { host: EVERYBODY } : { host: EVERYBODY, cohost: 'guest viewer' },
  ]),
  [
    'delete a message of',
    () => ({ type: 'chat.delete', messageId: 'of the target' }),
    { host: EVERYBODY, cohost: EVERYBODY },
  ],
]

const among = (list: string, role: Role) => list.split(' ').includes(role)

/** Two of each role, so that the rule of the last host is out of the way; everybody has written, viewers have asked. */
function fullHouse() {
  const room = roomHarness()
  const of = (nth: number) => Object.fromEntries(ROLES.map((role) => [role, room.enter(`${role}-${nth}`, role)]))
  const [first, second] = [of(1), of(2)]
  const idOf = (who: Record<string, string>, role: Role) => who[role] ?? ''
  for (const who of [first, second]) room.ask(idOf(who, 'viewer'), { type: 'stage.request' })
  return { room, actor: (role: Role) => idOf(first, role), target: (role: Role) => idOf(second, role) }
}

describe.each(ROLES)('a %s', (role) => {
  test.each(alone.map(([asked, who]) => ({ name: JSON.stringify(asked), asked, allowed: among(who, role) })))(
    '$name: $allowed',
    ({ asked, allowed }) => {
      const { room, actor } = fullHouse()
      expect(verdictOf(room.ask(actor(role), asked))).toBe(allowed ? 'accepted' : 'forbidden')
    },
  )

  const onEach = onOthers.flatMap(([name, on, whom]) =>
    ROLES.map((targetRole) => ({ name, on, targetRole, allowed: among(whom[role] ?? '', targetRole) })),
  )
  test.each(onEach)('$name a $targetRole: $allowed', ({ on, targetRole, allowed }) => {
    const { room, actor, target } = fullHouse()
    room.ask(target(targetRole), { type: 'chat.send', text: 'hello' })
    const [message] = room.room.messages
    const asked = on(target(targetRole))
    const meant = asked.type === 'chat.delete' && message ? { ...asked, messageId: message.id } : asked
    const before = room.room
    const verdict = verdictOf(room.ask(actor(role), meant))
    expect(verdict).toBe(allowed ? 'accepted' : 'forbidden')
    if (!allowed) expect(room.room).toBe(before)
  })

  const moderation: [name: string, on: (participantId: string) => Asked][] = onOthers
    .filter(([name]) => /^(kick|ban|mute|make)/.test(name))
    .map(([name, on]) => [name, on])
  test.each(moderation)('%s itself: only a host steps down', (name, on) => {
    const { room, actor } = fullHouse()
    const stepsDown = role === 'host' && name.startsWith('make')
    expect(verdictOf(room.ask(actor(role), on(actor(role))))).toBe(stepsDown ? 'accepted' : 'forbidden')
  })

  test('asking for what it may not, it does not learn who is there', () => {
    const { room, actor } = fullHouse()
    const onNobody = onOthers.filter(([name]) => !name.startsWith('delete')).map(([, on]) => on('nobody'))
    for (const asked of onNobody)
      expect(verdictOf(room.ask(actor(role), asked))).toBe(among(MODERATORS, role) ? 'peer_not_found' : 'forbidden')
  })

  test('may react, send data, and signal along an edge', () => {
    const { room, actor, target } = fullHouse()
    const signal = { type: 'signal', to: target('guest'), epoch: { born: 1, n: 0 }, order: 0 } as const
    for (const routable of [
      { type: 'cast', cast: { type: 'reaction', emoji: '👏' } },
      { type: 'cast', cast: { type: 'data', value: 1 } },
      { type: 'signal', signal: { ...signal, body: { kind: 'restart' } } },
    ] as const)
      expect(route(room.state, actor(role), routable)).not.toHaveProperty('refused')
  })
})
