import * as v from 'valibot'
import { LiveStreamError } from '../errors'
import type { WebRtc } from '../peering/webrtc'
import type { IceServer } from '../protocol'
import { countCharacters, iceServer, MAX_NAME_CHARACTERS, roomId } from '../protocol'
import type { KeyValueStore } from '../signaling/browser-page'
import type { TokenSource } from '../signaling/session-ports'
import type { WebSocketConstructor } from '../signaling/socket'
import type { LogLevel, LogSink } from './logger'
import { LOG_LEVELS } from './logger'

/** The options of a client. Only `room` is always needed. */
export type LiveStreamClientOptions = {
  /**
   * The URL of the server: `wss://live.example.com`, or `https:`, `ws:`, `http:`; with a path (`https://example.com/live`) if the
   * server has a `basePath`, or a proxy removes it. Slashes at its end are ignored. Default: the origin of the page.
   */
  url?: string
  /** The room's id: 1 to 64 letters, digits, `_` or `-`. `join()` rejects any other with `invalid_options`. */
  room: string
  /**
   * The token. A function is called for each connection and before expiry; with a string the session ends when it
   * expires. Not needed in the server's dev mode.
   */
  token?: TokenSource
  /** The name that others see if the token has none. At most 64 characters; `join()` rejects a longer one. */
  name?: string
  /** Milliseconds until `join()` gives up. Default 15,000. After joining, the client reconnects without a limit. */
  joinTimeoutMs?: number
  /** Node: a WebRTC implementation such as `@roamhq/wrtc`. Default: the browser's. Without one there is no media. */
  wrtc?: WebRtc
  /** Node before 22: the class of the package `ws`. Default: the global one. */
  WebSocket?: WebSocketConstructor
  /** STUN and TURN servers instead of those that the server sends. Their passwords are not renewed. */
  iceServers?: readonly IceServer[]
  /** `'relay'` hides addresses from the other participants; needs TURN. Default `'all'`. */
  iceTransportPolicy?: RTCIceTransportPolicy
  /**
   * Whether a camera or microphone that was unplugged while in use is opened again when it returns, if that shows no prompt.
   * Until then another microphone is used, if there is one. Default true.
   */
  reacquireDevices?: boolean
  /** Default `'warn'`. No log line contains a token, a session description, an address or a chat text. */
  logLevel?: LogLevel
  /** The receiver of log lines. Default: the console. */
  logger?: LogSink
  /** Where the session key is stored while the page reloads. Default: `sessionStorage`; in Node none. */
  storage?: KeyValueStore
}

/** Checked options, with their defaults. */
export type Config = {
  /** `ws:` or `wss:`, without a trailing slash; undefined: the page's own origin. */
  readonly base: string | undefined
  readonly room: string
  readonly token: TokenSource | undefined
  readonly name: string | undefined
  readonly joinTimeoutMs: number
  readonly wrtc: WebRtc | undefined
  readonly WebSocket: WebSocketConstructor | undefined
  readonly iceServers: readonly IceServer[] | undefined
  readonly iceTransportPolicy: RTCIceTransportPolicy
  readonly reacquireDevices: boolean
  readonly logLevel: LogLevel
  readonly logger: LogSink | undefined
  readonly storage: KeyValueStore | undefined
}

const DEFAULT_JOIN_TIMEOUT_MS = 15_000
const LONGEST_JOIN_TIMEOUT_MS = 10 * 60_000

/** @throws LiveStreamError `invalid_options`; the message names the option */
export function checkOptions(options: LiveStreamClientOptions): Config {
  if (typeof options !== 'object' || options === null) throw invalid('The options', 'must be an object')
  const { url, room, token, name, joinTimeoutMs = DEFAULT_JOIN_TIMEOUT_MS, iceTransportPolicy = 'all' } = options
  const { wrtc, WebSocket, iceServers, reacquireDevices = true, logLevel = 'warn', logger, storage } = options
  checkConnection(options, joinTimeoutMs)
  checkSurroundings({ ...options, iceTransportPolicy, reacquireDevices, logLevel })
  const base = url === undefined ? undefined : baseOf(url)
  return {
    ...{ base, room, token, name, joinTimeoutMs, wrtc, WebSocket, iceServers },
    ...{ iceTransportPolicy, reacquireDevices, logLevel, logger, storage },
  }
}

/** The options for joining. */
function checkConnection({ room, name, token }: LiveStreamClientOptions, joinTimeoutMs: number): void {
  must(typeof room === 'string', 'room', 'must be a text')
  must(name === undefined || typeof name === 'string', 'name', 'must be a text')
  must(
    token === undefined || typeof token === 'function' || (typeof token === 'string' && token !== ''),
    'token',
    'must be a text, or a function that gives one',
  )
  must(
    Number.isInteger(joinTimeoutMs) && joinTimeoutMs > 0 && joinTimeoutMs <= LONGEST_JOIN_TIMEOUT_MS,
    'joinTimeoutMs',
    'must be a whole number of milliseconds, at most ten minutes',
  )
}

/** The options for the client's environment. */
function checkSurroundings(options: LiveStreamClientOptions & Pick<Config, 'logLevel' | 'iceTransportPolicy'>): void {
  const { wrtc, WebSocket, iceServers, iceTransportPolicy, reacquireDevices, logLevel, logger, storage } = options
  must(
    iceServers === undefined || v.is(v.array(iceServer), iceServers),
    'iceServers',
    'must be a list like [{ urls: "stun:…" }]',
  )
  must(['all', 'relay'].includes(iceTransportPolicy), 'iceTransportPolicy', 'must be "all" or "relay"')
  must(WebSocket === undefined || isFunction(WebSocket), 'WebSocket', 'must be a class')
  must(
    wrtc === undefined || isFunction(wrtc.RTCPeerConnection),
    'wrtc',
    'must be a WebRTC implementation like @roamhq/wrtc',
  )
  must(typeof reacquireDevices === 'boolean', 'reacquireDevices', 'must be true or false')
  must(LOG_LEVELS.includes(logLevel), 'logLevel', `must be one of ${LOG_LEVELS.join(', ')}`)
  must(logger === undefined || isFunction(logger), 'logger', 'must be a function')
  must(storage === undefined || isFunction(storage.getItem), 'storage', 'must be like sessionStorage')
}

/**
 * Checks values that often come from an address or a form. `join()` rejects them: the constructor may run while a page is rendered,
 * and one wrong character in an address must not stop the whole page.
 *
 * @throws LiveStreamError `invalid_options`; the message names the option
 */
export function checkRoomAndName({ room, name }: Config): void {
  must(v.is(roomId, room), 'room', 'must be 1 to 64 letters, digits, "_" or "-"')
  must(
    name === undefined || countCharacters(name) <= MAX_NAME_CHARACTERS,
    'name',
    `must be a text of at most ${MAX_NAME_CHARACTERS} characters`,
  )
}

/** A server's base URL for sockets. @throws LiveStreamError `invalid_options` */
function baseOf(url: string): string {
  const parsed = typeof url === 'string' ? parsedUrl(url) : undefined
  const scheme = parsed && SCHEMES.get(parsed.protocol)
  if (parsed === undefined || scheme === undefined || parsed.username || parsed.search || parsed.hash)
    throw invalid('url', 'must be like "wss://live.example.com"')
  return `${scheme}//${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`
}

/** With `try`, because the supported browsers do not all have `URL.canParse`. */
function parsedUrl(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

/** The server's base URL, or that of the page. Called when joining: a server that renders has no page. @throws as `baseOf` */
export const baseOrPage = ({ base }: Config): string => base ?? baseOf(globalThis.location?.origin ?? '')

const SCHEMES = new Map([
  ['ws:', 'ws:'],
  ['http:', 'ws:'],
  ['wss:', 'wss:'],
  ['https:', 'wss:'],
])

const isFunction = (value: unknown): boolean => typeof value === 'function'

function must(holds: boolean, option: string, sentence: string): void {
  if (!holds) throw invalid(option, sentence)
}

const invalid = (option: string, sentence: string) => new LiveStreamError('invalid_options', `${option} ${sentence}.`)
