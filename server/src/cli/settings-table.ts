import { LOG_SETTINGS } from './log-settings'
import { ROOM_SETTINGS } from './room-settings'
import { read, type Setting } from './setting'
import { TOKEN_SETTINGS } from './token-settings'
import { TRAFFIC_SETTINGS } from './traffic-settings'

/** The settings of the addresses that the server listens on. */
const LISTEN_SETTINGS: readonly Setting[] = [
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
    help: 'base path of all paths of the server, like /live (default: none)',
  },
]

/** The settings of start, end and output of the process. */
const PROCESS_SETTINGS: readonly Setting[] = [
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
    help: 'demo page, and tokens for every caller, on this machine only; not beside a secret',
  },
  {
    path: 'json',
    flag: 'json',
    env: 'PEERSTAGE_JSON',
    read: read.flag,
    help: 'print the address as one line of JSON',
  },
]

/** Every setting of the command line, in the order of `--help`. */
export const SETTINGS: readonly Setting[] = [
  ...LISTEN_SETTINGS,
  ...TOKEN_SETTINGS,
  ...ROOM_SETTINGS,
  ...TRAFFIC_SETTINGS,
  ...LOG_SETTINGS,
  ...PROCESS_SETTINGS,
]
