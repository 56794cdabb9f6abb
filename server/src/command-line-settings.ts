import { read } from './command-line-values'

export type Setting = {
  /** Where the value goes among the options: `auth.secret`. */
  readonly path: string
  readonly env: string
  /** A common name of the variable, which other programs set too: ours counts before it. */
  readonly bare?: string
  /** None for a secret: other users of the machine can read a command line. */
  readonly flag?: string
  /** A file may hold it, which the variable with `_FILE` behind its name names. */
  readonly isSecret?: true
  readonly read: (text: string) => unknown
  readonly help: string
}

/** Every setting of the command line, in the order of `--help`. */
export const SETTINGS: readonly Setting[] = [
  {
    path: 'port',
    flag: 'port',
    env: 'PEERSTAGE_PORT',
    bare: 'PORT',
    read: read.number,
    help: 'where to listen; 0 takes any free port (default 8080)',
  },
  {
    path: 'host',
    flag: 'host',
    env: 'PEERSTAGE_HOST',
    bare: 'HOST',
    read: read.text,
    help: 'address to listen on (default: all; without a secret: this machine)',
  },
  {
    path: 'basePath',
    flag: 'base-path',
    env: 'PEERSTAGE_BASE_PATH',
    read: read.text,
    help: 'path that all of ours is below, like /live (default: none)',
  },
  {
    path: 'auth.secret',
    env: 'PEERSTAGE_SECRET',
    isSecret: true,
    read: read.text,
    help: 'key of the tokens, at least 32 bytes',
  },
  {
    path: 'auth.keys',
    env: 'PEERSTAGE_SECRETS',
    isSecret: true,
    read: read.secrets,
    help: 'several keys of the tokens, one a line, the newest first, each as kid:secret',
  },
  {
    path: 'auth.keys',
    flag: 'public-keys',
    env: 'PEERSTAGE_PUBLIC_KEYS',
    read: read.keys,
    help: 'public keys of the tokens: a JSON Web Key Set, a PEM, or a file that holds one',
  },
  {
    path: 'auth.jwksUrl',
    flag: 'jwks-url',
    env: 'PEERSTAGE_JWKS_URL',
    read: read.text,
    help: 'where to get the public keys of the tokens',
  },
  {
    path: 'auth.jwksRefreshSeconds',
    flag: 'jwks-refresh',
    env: 'PEERSTAGE_JWKS_REFRESH',
    read: read.number,
    help: 'how often to get them, in seconds (default 600)',
  },
  {
    path: 'auth.jwksMaxAgeSeconds',
    flag: 'jwks-max-age',
    env: 'PEERSTAGE_JWKS_MAX_AGE',
    read: read.number,
    help: 'how long they count while they cannot be had, in seconds (default 86400)',
  },
  {
    path: 'auth.issuer',
    flag: 'issuer',
    env: 'PEERSTAGE_ISSUER',
    read: read.text,
    help: 'iss of the tokens (default: any)',
  },
  {
    path: 'auth.audience',
    flag: 'audience',
    env: 'PEERSTAGE_AUDIENCE',
    read: read.text,
    help: 'aud of the tokens (default peerstage)',
  },
  {
    path: 'auth.maxTokenAgeSeconds',
    flag: 'max-token-age',
    env: 'PEERSTAGE_MAX_TOKEN_AGE',
    read: read.number,
    help: 'oldest iat of a token, in seconds',
  },
  {
    path: 'allowedOrigins',
    flag: 'origins',
    env: 'PEERSTAGE_ORIGINS',
    read: read.list,
    help: 'origins of pages that may connect, with commas between (default: any)',
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
    help: 'a TURN server whose passwords expire: its URLs, with commas between',
  },
  {
    path: 'turn.secret',
    env: 'PEERSTAGE_TURN_SECRET',
    isSecret: true,
    read: read.text,
    help: 'the key that it has too, at least 20 bytes',
  },
  {
    path: 'turn.ttlSeconds',
    flag: 'turn-ttl',
    env: 'PEERSTAGE_TURN_TTL',
    read: read.number,
    help: 'how long a TURN password holds, in seconds (default 3600)',
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
  {
    path: 'maxSockets',
    flag: 'max-sockets',
    env: 'PEERSTAGE_MAX_SOCKETS',
    read: read.number,
    help: 'sockets of the process (default 10000)',
  },
  {
    path: 'maxSocketsPerAddress',
    flag: 'max-sockets-per-address',
    env: 'PEERSTAGE_MAX_SOCKETS_PER_ADDRESS',
    read: read.number,
    help: 'sockets of one public address (default 200)',
  },
  {
    path: 'maxVerifying',
    flag: 'max-verifying',
    env: 'PEERSTAGE_MAX_VERIFYING',
    read: read.number,
    help: 'sockets whose tokens are verified at once (default 500)',
  },
  {
    path: 'maxHolds',
    flag: 'max-holds',
    env: 'PEERSTAGE_MAX_HOLDS',
    read: read.number,
    help: 'prejoin screens at once: connections without a place (default 500)',
  },
  {
    path: 'trustProxy',
    flag: 'trust-proxy',
    env: 'PEERSTAGE_TRUST_PROXY',
    read: read.numberOrList,
    help: 'proxies before the server, whose X-Forwarded-For is believed: how many, or their addresses and subnets (default 0)',
  },
  {
    path: 'logAddresses',
    flag: 'log-addresses',
    env: 'PEERSTAGE_LOG_ADDRESSES',
    read: read.flag,
    help: 'name addresses that are turned away in the log, in place of hashes',
  },
  {
    path: 'log.file',
    flag: 'log',
    env: 'PEERSTAGE_LOG',
    read: read.path,
    help: 'file that keeps rooms and chat; :memory: for none (default peerstage-data/rooms.db)',
  },
  {
    path: 'log.durability',
    flag: 'log-durability',
    env: 'PEERSTAGE_LOG_DURABILITY',
    read: read.text,
    help: 'what it survives: the end of the process, or full for loss of power too (default process)',
  },
  {
    path: 'log.maxBytes',
    flag: 'log-max-bytes',
    env: 'PEERSTAGE_LOG_MAX_BYTES',
    read: read.number,
    help: 'largest size of the file; old chat gives way (default 1073741824)',
  },
  {
    path: 'log.maxRoomBytes',
    flag: 'log-max-room-bytes',
    env: 'PEERSTAGE_LOG_MAX_ROOM_BYTES',
    read: read.number,
    help: 'most chat of one room, in bytes; its oldest gives way (default 52428800)',
  },
  {
    path: 'log.chatDays',
    flag: 'chat-days',
    env: 'PEERSTAGE_CHAT_DAYS',
    read: read.number,
    help: 'days for which chat can be read back (default 30)',
  },
  {
    path: 'startDeadlineSeconds',
    flag: 'start-deadline',
    env: 'PEERSTAGE_START_DEADLINE',
    read: read.number,
    help: 'how long a start waits for a file or port that another process still has, in seconds (default 30)',
  },
  {
    path: 'drainDeadlineSeconds',
    flag: 'drain-deadline',
    env: 'PEERSTAGE_DRAIN_DEADLINE',
    read: read.number,
    help: 'how long SIGTERM waits for connections to end, in seconds (default 25)',
  },
  {
    path: 'logLevel',
    flag: 'log-level',
    env: 'PEERSTAGE_LOG_LEVEL',
    read: read.text,
    help: 'debug, info, warn, error or silent (default info)',
  },
  {
    path: 'dev',
    flag: 'dev',
    env: 'PEERSTAGE_DEV',
    read: read.flag,
    help: 'demo page and tokens for whoever asks, on this machine only; not beside a secret',
  },
  {
    path: 'json',
    flag: 'json',
    env: 'PEERSTAGE_JSON',
    read: read.flag,
    help: 'say where it listens as one line of JSON',
  },
]
