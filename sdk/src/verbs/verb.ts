import * as v from 'valibot'
import { LiveStreamError } from '../errors'
import type { LocalMedia } from '../media/local-media'
import type { Playback } from '../media/playback'
import type { SoundOptions } from '../ports/participant-media'
import type { Request, Requests, WhileOffline } from '../ports/requests'
import type { Cast, Limits } from '../protocol'

/** What the verbs of all slices need. */
export type VerbPorts = {
  /** Called for each verb, because each session has another sender. */
  readonly requests: () => Requests
  readonly limits: () => Limits
  readonly safely: Safely
  /** Whether another participant of that id is in the room. */
  readonly isOther: (participantId: string) => boolean
  /** Emits the event of our own cast. The server sends a cast to the others only. */
  readonly echo: (cast: Cast) => void
  readonly media: {
    readonly local: LocalMedia
    readonly playback: Playback
    /** @throws LiveStreamError `peer_not_found` */
    readonly setSound: (participantId: string, options: SoundOptions) => void
  }
}

/** Runs a verb. Its promise may be ignored: a failure is also emitted as an event, and never ends a process. */
export type Safely = <T>(command: string, run: () => Promise<T>) => Promise<T>

/** @param failed called once for each failure, but not for `aborted`, which the app has caused itself */
export function safelyWith(failed: (command: string, error: LiveStreamError) => void): Safely {
  return (command, run) => {
    const outcome = started(run).catch((cause: unknown) => {
      throw cause instanceof LiveStreamError
        ? cause
        : new LiveStreamError('internal', 'Something failed inside this SDK.', { cause })
    })
    outcome.catch((error: LiveStreamError) => error.code === 'aborted' || failed(command, error))
    return outcome
  }
}

/** Sends commands for verbs. `check` runs before the request, and may throw. */
export function asking({ requests, safely }: VerbPorts, whileOffline: WhileOffline) {
  return {
    /** Resolves when the server has accepted the command. */
    ask: (command: Request, check = () => {}): Promise<void> =>
      safely(command.type, async () => {
        check()
        await requests().request(command, whileOffline)
      }),
    /** For a command that changes nothing. Resolves with what `read` makes of the result. */
    query: <T>(command: Request, read: (result: unknown) => T, check = () => {}): Promise<T> =>
      safely(command.type, async () => {
        check()
        const { result } = await requests().request(command, whileOffline, true)
        return read(result)
      }),
  }
}

/** The result of a reply. @throws LiveStreamError `internal` if it does not fit the schema */
export function resultOf<T>(schema: v.GenericSchema<unknown, T>, result: unknown): T {
  const parsed = v.safeParse(schema, result)
  if (parsed.success) return parsed.output
  throw new LiveStreamError('internal', 'The server sent a result that cannot be read.')
}

/** @throws LiveStreamError `invalid` for options that are not an object: `kick(id, 10)` must not be a kick without an end */
export function checkOptionsObject(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new LiveStreamError('invalid', 'The options must be an object.')
}

async function started<T>(run: () => Promise<T>): Promise<T> {
  return run()
}
