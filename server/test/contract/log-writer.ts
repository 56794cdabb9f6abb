import { MODES, type RoomEvent } from '@peerstage/sdk/protocol'
import type { RoomLog } from '../../src/ports/room-log'
import { encodeRecord, evolveState, toRecords } from '../../src/room/fold'
import type { Secret } from '../../src/room/ledger'
import type { ServerState } from '../../src/room/slices'
import type { Decided, StoredRecord } from '../../src/room/state'

/** Writes one instance of a room into a log, batch by batch, as a room host does: real events, folded by the real fold. */
export class LogWriter {
  state: ServerState | undefined
  readonly records: StoredRecord[] = []

  constructor(
    readonly log: Pick<RoomLog, 'append'>,
    readonly roomId: string,
    readonly instance: string,
    readonly now: () => number = () => 1000 + this.records.length,
  ) {}

  get seq(): number {
    return this.state?.room.seq ?? 0
  }

  /** One batch. */
  async write(...decided: Decided[]): Promise<void> {
    const records = toRecords(this.state, decided, this.now())
    const encoded = records.map(encodeRecord)
    let state = this.state
    for (const record of records) state = evolveState(state, record)
    if (state === undefined) throw new Error('a batch needs a record')
    await this.log.append({
      roomId: this.roomId,
      instance: this.instance,
      expectedSeq: this.seq,
      records,
      encoded,
      state,
    })
    this.state = state
    this.records.push(...records)
  }

  open(secret?: Secret): Promise<void> {
    const { roomId, instance } = this
    return this.write(decided({ type: 'room.opened', roomId, instance, mode: MODES.studio }, null, secret))
  }

  /** An identity comes in; its participant has the same name with a `p-` before it. */
  join(identity: string): Promise<void> {
    const participant = {
      id: `p-${identity}`,
      name: `${identity}'s name`,
      role: 'host',
      metadata: { of: identity },
    } as const
    const session = { identity, hash: `${identity}-hash`, joinId: 'page', tokenRole: 'host' } as const
    return this.write(decided({ type: 'participant.joined', participant }, participant.id, { session }))
  }

  leave(identity: string): Promise<void> {
    return this.write(
      decided({ type: 'participant.left', participantId: `p-${identity}`, reason: 'left' }, `p-${identity}`),
    )
  }

  /** Texts in one batch; each message's id is its text's first 40 characters. */
  say(identity: string, ...texts: string[]): Promise<void> {
    return this.write(...texts.map((text) => this.#message(identity, text)))
  }

  delete(messageId: string): Promise<void> {
    return this.write(decided({ type: 'chat.deleted', messageId }, null))
  }

  end(reason: 'ended' | 'empty' = 'ended'): Promise<void> {
    return this.write(decided({ type: 'room.ended', reason }, null))
  }

  #message(identity: string, text: string): Decided {
    const author = `p-${identity}`
    const id = text.slice(0, 40)
    const message = {
      id,
      participantId: author,
      name: `${identity}'s name`,
      role: 'host',
      text,
      at: this.now(),
    } as const
    return decided({ type: 'chat.sent', message }, author, { author: identity })
  }
}

export const decided = (event: RoomEvent, by: string | null, secret?: Secret): Decided =>
  secret === undefined ? { event, by } : { event, by, secret }
