import type { LiveStreamError } from '../errors'
import type { GoodbyeCode } from '../protocol'
import type { LeftReason, ParticipantView } from '../state/state'
import type { ClientState, SliceEvents } from '../verbs/slices'

/** The events of the client itself. Those of a feature are declared with it, in `verbs/`. */
export type ClientEvents = {
  /** The state changed. Listeners of `subscribe` are called at the same moment. */
  stateChanged: { state: ClientState }
  /** The client has joined the room. */
  joined: { participant: ParticipantView }
  /** The connection to the server was lost; media goes on. */
  reconnecting: { attempt: number; retryInMs: number }
  /** The connection is back. `resumed`: all missed events arrived; otherwise the client got a snapshot of the room. */
  reconnected: { resumed: boolean }
  /** The client has left the room, by `leave()`, the server's goodbye or a final failure. */
  left: { reason: LeftReason; error?: LiveStreamError }
  /**
   * A call failed; its promise rejects too. Not emitted for `aborted`, which the app causes by itself. `cast`: a reaction or an app message was rejected after its promise had
   * resolved.
   */
  commandFailed: { command: string; error: LiveStreamError }
  /** The server ends the connection: it shuts down, or rejects the client. */
  goodbye: { code: GoodbyeCode; reason: string; retryable: boolean }
  /** One of your listeners threw; the others were called anyway. */
  listenerFailed: { event: string; error: unknown }
}

type All = ClientEvents & SliceEvents

/**
 * Event name → payload. A payload is always one object. `client.state` already has the change when an event comes.
 * @useDeclaredType
 */
export type LiveStreamEvents = { [N in keyof All]: All[N] }
/** The name of an event. */
export type LiveStreamEventName = keyof LiveStreamEvents
