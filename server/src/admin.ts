import { MAX_IDENTITY_CHARACTERS, roomId } from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import { tokenClaims } from './auth/verify-token'
import { ROOM_ID_FORM } from './gateway/handshake/hello'
import type { EraseResult, Erasure } from './hosting/erasure'
import type { RoomStats } from './hosting/room-stats'
import type { Rooms } from './hosting/rooms'

/** Calls for the app around a server, without a token. `unavailable`: not now, because the log is down or the server is closed. */
export type AdminApi = {
  /** Its rooms. All throw (or reject with) a TypeError if the id is not a room id. */
  readonly rooms: {
    /**
     * Opens a room without a participant, if `createRooms` is `'api'`; it closes once it was empty for `limits.emptyRoomMs` (60 s by
     * default). Harmless to repeat.
     */
    open(roomId: string): Promise<'opened' | 'ended' | 'unavailable'>
    /** Ends an open room; its id is rejected for a minute. */
    end(roomId: string): Promise<'ended' | 'absent' | 'unavailable'>
    /** The participants and settings of an open room; undefined if it is not open. */
    stats(roomId: string): RoomStats | undefined
    /** Ends a room if it is open, and erases all stored data of its id: chat, bans, records. Harmless to repeat. */
    erase(roomId: string): Promise<'erased' | 'unavailable'>
  }
  /** The identity: an id of your app. */
  readonly identities: {
    /**
     * Takes an identity (the `sub` of its tokens) out of all open rooms, and erases its messages, names and metadata from all
     * that is kept. Bans stay. Resolves to how many messages it had; `unavailable`: not all is erased, repeat the call. Harmless to repeat.
     * @throws (rejects with) TypeError for an invalid identity: it must be a string of 1 to 256 characters of well-formed Unicode
     */
    erase(identity: string): Promise<EraseResult>
  }
}

export function adminApi(rooms: Rooms, erasure: Erasure): AdminApi {
  return {
    rooms: {
      open: async (id) => rooms.open(checkedId(id)),
      end: async (id) => rooms.end(checkedId(id)),
      stats: (id) => rooms.stats(checkedId(id)),
      erase: async (id) => erasure.room(checkedId(id)),
    },
    identities: { erase: async (identity) => erasure.identity(checkedIdentity(identity)) },
  }
}

function checkedId(id: string): string {
  if (v.is(roomId, id)) return id
  throw new TypeError(ROOM_ID_FORM)
}

function checkedIdentity(identity: string): string {
  if (v.is(tokenClaims.entries.sub, identity)) return identity
  throw new TypeError(`An identity is a text of 1 to ${MAX_IDENTITY_CHARACTERS} characters, of well-formed Unicode.`)
}
