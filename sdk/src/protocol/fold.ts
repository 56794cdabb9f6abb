/** The position of an event in its room's log. */
export type EventPosition = {
  /** Its number in the log of the instance, from 1. */
  readonly seq: number
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number
  /** The participant that caused it, or null for the server. */
  readonly by: string | null
}

/**
 * The changes that events make to one slice's part of a room, by event type. Pure and without rules, because events contain results. A fold
 * returns only the fields that change, so that the others keep their identity.
 */
export type Folds<Part, E extends { readonly type: string }> = {
  readonly [T in E['type']]: (part: Part, event: Extract<E, { type: T }>, position: EventPosition) => Partial<Part>
}
