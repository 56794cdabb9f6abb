import { LiveStreamError } from '../errors'
import { utf8Bytes } from '../protocol'
import { isSafeJson, MAX_JSON_DEPTH } from '../protocol/json'
import type { ParticipantView } from '../state/state'
import type { Slice } from './slice'
import { checkOptionsObject, type VerbPorts } from './verb'

/**
 * The app's own messages.
 *
 * @example
 * ```ts
 * client.on('data', ({ participant, value }) => console.log(participant.name, value))
 * await client.data.send({ poll: 'lunch', choice: 2 })
 * ```
 */
export type DataVerbs = {
  /**
   * Sends any JSON value, at most 8 KiB, to all others or to those in `to` (participant ids, at most 20). It is not stored,
   * and is rejected while disconnected. Receivers get the `data` event and must check the value themselves.
   *
   * @example
   * ```ts
   * await client.data.send({ poll: 'lunch', choice: 2 }, { to: [participantId] })
   * ```
   *
   * @throws LiveStreamError `invalid` (not JSON, or more than 32 levels), `payload_too_large`, `peer_not_found` (a participant in `to` is
   * not in the room), `unavailable` (disconnected), `rate_limited`, `not_joined`
   */
  send(value: unknown, options?: { to?: readonly string[] }): Promise<void>
}

type DataNamespace = {
  /** The app's own messages. */
  readonly data: DataVerbs
}

export type DataEvents = {
  /** An app message of `client.data.send`. The server checks only size and depth: validate the value. */
  data: { participant: ParticipantView; value: unknown }
}

type DataSlice = { verbs: DataNamespace; events: DataEvents; casts: 'data' }

/** Messages of the app. */
export const data: Slice<DataSlice> = {
  verbs: { data: dataVerbs },
  onCast: { data: ({ value }, { from, about }) => about(from, 'data', { value }) },
}

function dataVerbs({ requests, limits, safely, isOther }: VerbPorts): DataVerbs {
  return {
    send: (value, options = {}) =>
      safely('data.send', async () => {
        checkOptionsObject(options)
        const { to } = options
        if (to !== undefined && !Array.isArray(to)) throw invalid('`to` is no list of participant ids')
        const json = jsonOf(value)
        if (utf8Bytes(json) > limits().maxDataBytes)
          throw new LiveStreamError('payload_too_large', `An app message has at most ${limits().maxDataBytes} bytes.`)
        const parsed: unknown = JSON.parse(json)
        if (!isSafeJson(parsed)) throw invalid(`it nests over ${MAX_JSON_DEPTH} levels, or has a key like __proto__`)
        const way = requests()
        if (to?.some((id) => !isOther(id)))
          throw new LiveStreamError('peer_not_found', 'There is no such participant to send this to.')
        way.cast({ type: 'data', value: parsed, ...(to === undefined ? {} : { to: [...to] }) })
      }),
  }
}

function jsonOf(value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch {
    // Circular, a bigint, or nested too deep for the stack.
  }
  if (json === undefined) throw invalid('it is no JSON value')
  return json
}

const invalid = (why: string) => new LiveStreamError('invalid', `This cannot be sent: ${why}.`)
