import * as v from 'valibot'
import { MIN_SECRET_BYTES } from '../auth/secret'
import type { ChatArchive } from '../ports/chat-archive'
import type { OwnClock } from '../ports/clock'
import type { EventLog } from '../ports/event-log'
import type { Logger } from '../ports/logger'
import type { RoomLog } from '../ports/room-log'

/** All functions of an object, and whether each is required. Checked at the start, because a missing one would otherwise fail in the middle of a room. */
type Functions<T> = Readonly<{ [K in keyof T & string]-?: undefined extends T[K] ? false : true }>

const EVENT_LOG: Functions<EventLog> = {
  append: true,
  since: true,
  load: true,
  openRooms: true,
  forget: true,
  probe: true,
  close: true,
}
const CHAT_ARCHIVE: Functions<ChatArchive> = { history: true, message: true, messagesOf: true }
const LOG: Functions<RoomLog> = { ...EVENT_LOG, ...CHAT_ARCHIVE, eraseRoom: true, eraseIdentity: true }
const LOGGER: Functions<Logger> = { debug: true, info: true, warn: true, error: true }
const CLOCK: Functions<OwnClock> = { now: true, after: true, nextTurn: true, wall: false, elapsed: false }

/** Checks an object by its functions, because an app may write its own. */
const part = <T>(functions: Functions<T>, sentence: string) => {
  const missing = (given: unknown) =>
    Object.entries(functions).flatMap(([name, isNeeded]) => {
      const value = (Object(given) as Record<string, unknown>)[name]
      return typeof value === 'function' || (value === undefined && !isNeeded) ? [] : [name]
    })
  return v.custom<T>(
    (given) => missing(given).length === 0,
    ({ input }) => `${sentence}: it lacks ${missing(input).join(', ')}`,
  )
}

/** The schemas of the options that are not data: only an app can set them, not the command line. */
export const partEntries = {
  log: v.exactOptional(part<RoomLog>(LOG, "must be a log, like sqliteLog('rooms.db') or memoryLog()")),
  logger: v.exactOptional(part<Logger>(LOGGER, 'must be a logger, like pino() or console')),
  clock: v.exactOptional(part<OwnClock>(CLOCK, 'must be a clock')),
  demoFolder: v.exactOptional(v.string('must be the path of a folder')),
  devKey: v.exactOptional(
    v.pipe(
      v.instance(Uint8Array<ArrayBufferLike>, 'must be bytes'),
      v.check(({ byteLength }) => byteLength >= MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`),
    ),
  ),
}
