import type { Cast, RoomCommand } from '@peerstage/sdk/protocol'
import { chatHandlers, eraseChat } from './chat'
import type { InternalCommand } from './command'
import { dataHandlers } from './data'
import type { CastHandlers, Erases, Handlers, InternalHandlers } from './handler'
import { mediaHandlers } from './media'
import { moderationHandlers } from './moderation'
import { erasePins, pinHandlers } from './pins'
import { reactionHandlers } from './reactions'
import { eraseIdentity, sessionHandlers } from './session'
import { stageHandlers } from './stage'

/** The features that commands ask for: what becomes of those, and of what an erased identity left there. */
const SLICES = [
  { handlers: mediaHandlers },
  { handlers: chatHandlers, erase: eraseChat },
  { handlers: pinHandlers, erase: erasePins },
  { handlers: stageHandlers },
  { handlers: moderationHandlers },
] as const satisfies readonly { readonly handlers: object; readonly erase?: Erases }[]

/** Of all the slices at once. */
type All<H> = (H extends unknown ? (each: H) => void : never) extends (each: infer Every) => void ? Every : never

/** What becomes of each command. One without a handler does not compile. */
export const HANDLERS: Handlers<RoomCommand['type']> = Object.assign(
  {},
  ...SLICES.map(({ handlers }) => handlers),
) as All<(typeof SLICES)[number]['handlers']>

/** Commands of the server to an open room. */
export type Internal = Exclude<InternalCommand, { type: 'session.join' | 'room.open' }>

/** What becomes of what the server itself asks. One without a handler does not compile. */
export const INTERNAL_HANDLERS: InternalHandlers<Internal['type']> = {
  ...sessionHandlers,
  'identity.erase': eraseIdentity(SLICES.flatMap((slice) => ('erase' in slice ? slice.erase : []))),
}

/** What becomes of each cast. */
export const CAST_HANDLERS: CastHandlers<Cast['type']> = {
  ...reactionHandlers,
  ...dataHandlers,
}
