import { decodeClientFrame, decodeServerFrame } from '@peerstage/sdk/protocol'
import type { Passing } from './message-rule'

export type Direction = Passing['direction']

/** A message of a frame as it was said. `passing`: as it reads; undefined where it cannot be read. */
export type Said = { readonly raw: object; readonly passing: Passing | undefined }

/** The messages of a frame; none where it is no frame: it then passes as it is, for the other end to say what is wrong. */
export function readFrame(direction: Direction, identity: string | undefined, text: string): Said[] {
  const passings = direction === 'up' ? readUp(identity, text) : readDown(identity, text)
  if (passings === undefined) return []
  const raws: object[] = JSON.parse(text)
  return raws.map((raw, i) => ({ raw, passing: passings[i] }))
}

const readUp = (identity: string | undefined, text: string): (Passing | undefined)[] | undefined =>
  decodeClientFrame(text)?.map((each) => (each.ok ? { direction: 'up', identity, message: each.message } : undefined))

const readDown = (identity: string | undefined, text: string): (Passing | undefined)[] | undefined =>
  decodeServerFrame(text)?.map((each) => (each.ok ? { direction: 'down', identity, message: each.message } : undefined))
