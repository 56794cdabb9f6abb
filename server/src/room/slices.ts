import type { Cast, Room, RoomCommand } from '@peerstage/sdk/protocol'
import { chatSlice } from './chat'
import type { InternalCommand } from './command'
import { dataSlice } from './data'
import type { CastHandlers, Handlers, InternalHandlers } from './handler'
import { mediaSlice } from './media'
import { moderationSlice } from './moderation'
import { participantsSlice } from './participants'
import { pinsSlice } from './pins'
import { reactionsSlice } from './reactions'
import { roomLifeSlice } from './room-life'
import type { Slice } from './slice'
import { stageSlice } from './stage'

/** The register: every feature of a room, a line each. The parts of the ledger are stored in this order, and identities erased in it. */
export const SLICES = [
  participantsSlice,
  mediaSlice,
  chatSlice,
  pinsSlice,
  stageSlice,
  moderationSlice,
  reactionsSlice,
  dataSlice,
  roomLifeSlice,
] as const satisfies readonly Slice[]

type Slices = (typeof SLICES)[number]
type Of<Name extends keyof Slice> = Slices extends infer S
  ? S extends { readonly [N in Name]: infer Has }
    ? Has
    : never
  : never
/** Of all the slices at once. */
type All<Has> = (Has extends unknown ? (each: Has) => void : never) extends (each: infer Every) => void ? Every : never

/** @throws Error when two slices have something of the same name: one would replace the other without a word */
function all<Name extends keyof Slice>(name: Name): All<Of<Name>> {
  const entries = SLICES.flatMap((slice: Slice) => Object.entries(slice[name] ?? {}))
  const together = Object.fromEntries(entries)
  if (Object.keys(together).length < entries.length) throw new Error(`Two slices have the same ${name}.`)
  return together as All<Of<Name>>
}

/** What becomes of each command. One without a handler does not compile. */
export const HANDLERS: Handlers<RoomCommand['type'], Ledger> = all('handlers')

/** Commands of the server to an open room. */
export type Internal = Exclude<InternalCommand, { type: 'room.open' }>

/** What becomes of what the server itself asks. One without a handler does not compile. */
export const INTERNAL_HANDLERS: InternalHandlers<Internal['type'], Ledger> = {
  ...all('internal'),
  'identity.erase': (state, erasure, context) => ({
    ok: true,
    events: SLICES.flatMap((slice) => ('erase' in slice ? slice.erase(state, erasure, context) : [])),
  }),
}

/** What becomes of each cast. */
export const CAST_HANDLERS: CastHandlers<Cast['type']> = all('casts')

type Parts = All<Of<'ledger'>>
/** What only the server may know about a room: the parts of all slices. @useDeclaredType */
export type Ledger = { readonly [Name in keyof Parts]: Parts[Name]['start'] }
/** The parts of the ledger, by name: how each begins, is folded and stored. */
export const LEDGER_PARTS: Parts = all('ledger')

/** Everything the server knows about a room: the public part and the secret part. */
export type ServerState = {
  /** The same for all, folded by both ends. */
  readonly room: Room
  /** Never sent. */
  readonly ledger: Ledger
}
