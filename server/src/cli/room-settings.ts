import { read, type Setting } from './setting'

/** The settings of allowed pages, of ICE servers, and of rooms. */
export const ROOM_SETTINGS: readonly Setting[] = [
  {
    path: 'allowedOrigins',
    flag: 'origins',
    env: 'PEERSTAGE_ORIGINS',
    read: read.list,
    help: 'origins of pages that may connect, separated by commas (default: any)',
  },
  {
    path: 'iceServers',
    flag: 'ice-servers',
    env: 'PEERSTAGE_ICE_SERVERS',
    read: read.iceServers,
    help: 'JSON list of ICE servers, or none (default: one public STUN server)',
  },
  {
    path: 'turn.urls',
    flag: 'turn-urls',
    env: 'PEERSTAGE_TURN_URLS',
    read: read.list,
    help: 'URLs of a TURN server whose passwords expire, separated by commas',
  },
  {
    path: 'turn.secret',
    env: 'PEERSTAGE_TURN_SECRET',
    isSecret: true,
    read: read.text,
    help: 'the secret shared with the TURN server, at least 20 bytes',
  },
  {
    path: 'turn.ttlSeconds',
    flag: 'turn-ttl',
    env: 'PEERSTAGE_TURN_TTL',
    read: read.number,
    help: 'how long a TURN password is valid, in seconds (default 3600)',
  },
  {
    path: 'mode',
    flag: 'mode',
    env: 'PEERSTAGE_MODE',
    read: read.text,
    help: 'voice, camera or studio (default studio)',
  },
  {
    path: 'createRooms',
    flag: 'create-rooms',
    env: 'PEERSTAGE_CREATE_ROOMS',
    read: read.text,
    help: 'who opens a room: onJoin, host or api (default onJoin)',
  },
  {
    path: 'duplicateSessions',
    flag: 'duplicate-sessions',
    env: 'PEERSTAGE_DUPLICATE_SESSIONS',
    read: read.text,
    help: 'a second session of an identity: replace or reject (default replace)',
  },
  {
    path: 'limits',
    flag: 'limits',
    env: 'PEERSTAGE_LIMITS',
    read: read.json,
    help: 'JSON object of limits, like {"chatPerSecond":2}',
  },
  {
    path: 'limits.maxParticipants',
    flag: 'max-participants',
    env: 'PEERSTAGE_MAX_PARTICIPANTS',
    read: read.number,
    help: 'participants of a room, at most 20 (default 20)',
  },
]
