import type { MessagePlace } from '../ports/chat-archive'
import { LogUnavailable } from '../ports/log-unavailable'
import type { RoomLog } from '../ports/room-log'
import type { Erase } from './input'
import type { Recovery } from './recovery'
import type { Rooms } from './rooms'

export type ErasurePorts = {
  readonly rooms: Pick<Rooms, 'ids' | 'submit' | 'end' | 'over' | 'whileClosed'>
  readonly recovery: Pick<Recovery, 'start' | 'isDone'>
  readonly log: Pick<RoomLog, 'messagesOf' | 'eraseRoom' | 'eraseIdentity'>
}

/** `messages`: how many an identity had. `unavailable`: not all of them are erased, and the same call again does the rest. */
export type EraseResult =
  | {
      /** All of it is erased. */
      readonly ok: true
      /** How many chat messages were among it. */
      readonly messages: number
    }
  | {
      /** Not all of it is erased: call it again. */
      readonly ok: false
      /** The log is down, or rooms are still being loaded. */
      readonly error: 'unavailable'
    }

const UNAVAILABLE: EraseResult = { ok: false, error: 'unavailable' }

/** Erases what is kept. `unavailable`: not all of it is erased, and the same call again does the rest. */
export class Erasure {
  readonly #ports: ErasurePorts

  constructor(ports: ErasurePorts) {
    this.#ports = ports
  }

  /** Ends a room if it is open, then erases all that its log has of this id. Harmless to repeat. */
  async room(roomId: string): Promise<'erased' | 'unavailable'> {
    const { rooms, log } = this.#ports
    for (;;) {
      if ((await rooms.end(roomId)) === 'unavailable') return 'unavailable'
      await rooms.over(roomId)
      const erased = rooms.whileClosed(roomId, () => log.eraseRoom(roomId))
      if (erased !== undefined)
        return orUnavailable(
          erased.then(() => 'erased'),
          'unavailable',
        )
      // A client joined in between.
    }
  }

  /** Takes an identity out of all open rooms, and erases all that it wrote. */
  identity(identity: string): Promise<EraseResult> {
    return orUnavailable(this.#eraseIdentity(identity), UNAVAILABLE)
  }

  async #eraseIdentity(identity: string): Promise<EraseResult> {
    const { recovery, log } = this.#ports
    await recovery.start()
    // It could be in a room that is not loaded yet.
    if (!recovery.isDone) return UNAVAILABLE
    // It leaves first, so that it writes nothing more while its messages are searched.
    if (!(await this.#eraseInRooms(identity, []))) return UNAVAILABLE
    const messages = await log.messagesOf(identity)
    if (!(await this.#eraseInRooms(identity, messages))) return UNAVAILABLE
    await log.eraseIdentity(identity)
    return { ok: true, messages: messages.length }
  }

  /** Whether all rooms have kept it. */
  async #eraseInRooms(identity: string, messages: readonly MessagePlace[]): Promise<boolean> {
    const byRoom = new Map<string, MessagePlace[]>()
    for (const message of messages) {
      const here = byRoom.get(message.roomId)
      if (here === undefined) byRoom.set(message.roomId, [message])
      else here.push(message)
    }
    const outcomes = await Promise.all(
      this.#ports.rooms.ids.map(
        (roomId) =>
          new Promise<Parameters<Erase['settle']>[0]>((settle) =>
            this.#ports.rooms.submit(roomId, {
              type: 'erase',
              identity,
              messages: byRoom.get(roomId) ?? [],
              settle,
            }),
          ),
      ),
    )
    return outcomes.every((outcome) => outcome === 'erased')
  }
}

async function orUnavailable<T, U>(work: Promise<T>, unavailable: U): Promise<T | U> {
  try {
    return await work
  } catch (error) {
    if (error instanceof LogUnavailable) return unavailable
    throw error
  }
}
