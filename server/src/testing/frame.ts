import { decodeClientFrame, decodeServerFrame } from '@peerstage/sdk/protocol'
import type { MessageInTransit } from './message-rule'

export type Direction = MessageInTransit['direction']

/** A message of a frame, as it was sent. `inTransit`: the decoded message; undefined if it is invalid. */
export type FrameMessage = { readonly raw: object; readonly inTransit: MessageInTransit | undefined }

/** The messages of a frame; none if it is invalid. It is then relayed unchanged, so that the other end reports what is wrong. */
export function readFrame(direction: Direction, identity: string | undefined, text: string): FrameMessage[] {
  const inTransit = direction === 'up' ? readUp(identity, text) : readDown(identity, text)
  if (inTransit === undefined) return []
  const raws: object[] = JSON.parse(text)
  return raws.map((raw, i) => ({ raw, inTransit: inTransit[i] }))
}

const readUp = (identity: string | undefined, text: string): (MessageInTransit | undefined)[] | undefined =>
  decodeClientFrame(text)?.map((each) => (each.ok ? { direction: 'up', identity, message: each.message } : undefined))

const readDown = (identity: string | undefined, text: string): (MessageInTransit | undefined)[] | undefined =>
  decodeServerFrame(text)?.map((each) => (each.ok ? { direction: 'down', identity, message: each.message } : undefined))
