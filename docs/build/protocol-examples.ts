import type {
  ClientMessage,
  Hello,
  LoggedEvent,
  Room,
  RoomEvent,
  ServerMessage,
  SourceStates,
} from '@peerstage/sdk/protocol'
import { DEFAULT_LIMITS, MODES, NO_SOURCES, PROTOCOL_VERSION } from '@peerstage/sdk/protocol'

// One example for each message. Each goes through the codec when the page is made, so it is valid.

const ADA = 'p_ada'
const BOB = 'p_bob'
const INSTANCE = 'i_7Qm2'
const AT = 1_790_000_000_000
const EPOCH = { born: 3, n: 0 }
const ON = { published: true, muted: false, interrupted: false }
const MUTED: SourceStates = { ...NO_SOURCES, microphone: { ...ON, muted: true, mutedBy: ADA }, camera: ON }
const MESSAGE = { id: 'm_1', participantId: ADA, name: 'Ada', role: 'host', text: 'hello', at: AT } as const
const ICE_SERVERS = [{ urls: 'stun:stun.example.com:3478' }]

const ROOM: Room = {
  id: 'town-hall',
  instance: INSTANCE,
  seq: 2,
  status: 'open',
  mode: MODES.studio,
  locked: false,
  openedAt: AT,
  hostGraceUntil: null,
  participants: [{ id: ADA, name: 'Ada', role: 'host', joinedAt: AT, joinSeq: 2, roleSeq: 2, sources: NO_SOURCES }],
  edges: [],
  messages: [],
  pinnedMessages: [],
  stageRequests: [],
  invitations: [],
}

export const HELLO: Hello = {
  intent: 'join',
  token: 'eyJhbGciOi…',
  name: 'Ada',
  session: 'Yk0x3vB1sT8mQe2LrP7nWc5dJh9gFa4uZi6oKbRtXyE',
  attempt: 1,
  joinId: 'jn_5tR8wLq2',
  client: 'peerstage-sdk/0.1.0',
}

export const UP: { readonly [T in ClientMessage['type']]: Extract<ClientMessage, { type: T }> } = {
  join: { type: 'join', id: 1, offer: { type: 'offer', sdp: 'v=0…', layout: 1 } },
  leave: { type: 'leave', id: 9 },
  'session.refresh': { type: 'session.refresh', id: 2, token: 'eyJhbGciOi…' },
  heartbeat: { type: 'heartbeat' },
  'media.update': { type: 'media.update', id: 3, sources: { camera: { published: true } } },
  'chat.send': { type: 'chat.send', id: 4, text: 'hello' },
  'chat.delete': { type: 'chat.delete', id: 5, messageId: 'm_1' },
  'chat.pin': { type: 'chat.pin', id: 17, messageId: 'm_1' },
  'chat.unpin': { type: 'chat.unpin', id: 18, messageId: 'm_1' },
  'chat.history': { type: 'chat.history', id: 6, before: 'm_1', limit: 20 },
  'stage.request': { type: 'stage.request', id: 7 },
  'stage.cancel': { type: 'stage.cancel', id: 8 },
  'stage.approve': { type: 'stage.approve', id: 10, participantId: BOB },
  'stage.reject': { type: 'stage.reject', id: 11, participantId: BOB },
  'stage.invite': { type: 'stage.invite', id: 12, participantId: BOB },
  'stage.leave': { type: 'stage.leave', id: 13 },
  'moderation.mute': { type: 'moderation.mute', id: 14, participantId: BOB, source: 'microphone' },
  'moderation.kick': { type: 'moderation.kick', id: 15, participantId: BOB, minutes: 10 },
  'moderation.ban': { type: 'moderation.ban', id: 20, participantId: BOB },
  'moderation.banAuthor': { type: 'moderation.banAuthor', id: 23, messageId: 'm_1' },
  'moderation.unban': { type: 'moderation.unban', id: 21, banId: 'b_1' },
  'moderation.bans': { type: 'moderation.bans', id: 22 },
  'moderation.setRole': { type: 'moderation.setRole', id: 16, participantId: BOB, role: 'cohost' },
  'moderation.lock': { type: 'moderation.lock', id: 17 },
  'moderation.unlock': { type: 'moderation.unlock', id: 18 },
  'moderation.endRoom': { type: 'moderation.endRoom', id: 19 },
  signal: { type: 'signal', to: BOB, epoch: EPOCH, order: 0, body: { type: 'offer', sdp: 'v=0…', layout: 1 } },
  cast: { type: 'cast', cast: { type: 'reaction', emoji: '🔥' } },
}

const LOGGED: LoggedEvent = { seq: 3, at: AT, by: ADA, event: { type: 'chat.sent', message: MESSAGE } }

export const DOWN: { readonly [T in Exclude<ServerMessage['type'], 'reply'>]: Extract<ServerMessage, { type: T }> } & {
  readonly [A in 'reply true' | 'reply false']: Extract<ServerMessage, { type: 'reply' }>
} = {
  welcome: {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    self: ADA,
    instance: INSTANCE,
    seq: 2,
    resumed: false,
    room: ROOM,
    reconnecting: [],
    iceServers: ICE_SERVERS,
    limits: DEFAULT_LIMITS,
    lastCommandId: 0,
    serverTime: AT,
  },
  held: { type: 'held', iceServers: ICE_SERVERS, limits: DEFAULT_LIMITS },
  event: { type: 'event', logged: LOGGED },
  'reply true': { type: 'reply', re: 4, ok: true, seq: 3 },
  'reply false': {
    type: 'reply',
    re: 15,
    ok: false,
    error: { code: 'forbidden', message: 'A guest may not do that.', retryable: false },
  },
  signal: { type: 'signal', from: ADA, epoch: EPOCH, order: 0, body: { type: 'answer', sdp: 'v=0…' } },
  cast: { type: 'cast', from: BOB, cast: { type: 'reaction', emoji: '🔥' } },
  rejected: {
    type: 'rejected',
    what: 'signal',
    to: BOB,
    error: { code: 'peer_not_found', message: 'There is no such participant to send this to.', retryable: false },
  },
  presence: { type: 'presence', participantId: BOB, presence: 'reconnecting' },
  'session.refreshNeeded': { type: 'session.refreshNeeded', expiresAt: AT },
  iceServers: { type: 'iceServers', iceServers: ICE_SERVERS },
  heartbeat: { type: 'heartbeat' },
  goodbye: {
    type: 'goodbye',
    code: 'draining',
    reason: 'The server is going down.',
    retryable: true,
    retryAfterMs: 4200,
  },
}

export const EVENTS: { readonly [T in RoomEvent['type']]: Extract<RoomEvent, { type: T }> } = {
  'room.opened': { type: 'room.opened', roomId: 'town-hall', instance: INSTANCE, mode: MODES.camera },
  'room.ended': { type: 'room.ended', reason: 'ended' },
  'room.locked': { type: 'room.locked' },
  'room.unlocked': { type: 'room.unlocked' },
  'room.bansChanged': { type: 'room.bansChanged' },
  'room.hostGraceStarted': { type: 'room.hostGraceStarted', until: AT + 60_000 },
  'room.hostGraceEnded': { type: 'room.hostGraceEnded' },
  'participant.joined': { type: 'participant.joined', participant: { id: BOB, name: 'Bob', role: 'viewer' } },
  'participant.returned': { type: 'participant.returned', participantId: BOB },
  'participant.left': { type: 'participant.left', participantId: BOB, reason: 'left' },
  'participant.roleChanged': {
    type: 'participant.roleChanged',
    participantId: BOB,
    role: 'guest',
    reason: 'stage',
  },
  'media.changed': { type: 'media.changed', participantId: BOB, sources: MUTED },
  'chat.sent': { type: 'chat.sent', message: MESSAGE },
  'chat.deleted': { type: 'chat.deleted', messageId: 'm_1' },
  'chat.pinned': { type: 'chat.pinned', messageId: 'm_1' },
  'chat.unpinned': { type: 'chat.unpinned', messageId: 'm_1' },
  'stage.requested': { type: 'stage.requested', participantId: BOB },
  'stage.requestClosed': { type: 'stage.requestClosed', participantId: BOB, outcome: 'approved' },
  'stage.invited': { type: 'stage.invited', participantId: BOB },
  'stage.invitationClosed': { type: 'stage.invitationClosed', participantId: BOB, outcome: 'accepted' },
}
