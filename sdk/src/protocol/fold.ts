/** Where an event stands in its room's log. */
export type Place = {
  /** Its place in the instance's log, from 1. */
  readonly seq: number
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number
  /** The participant that caused it, or null for the server. */
  readonly by: string | null
}

/**
 * What events change in one slice's part of a room, by their type. Pure, and without rules: events carry results. What an event
 * does not touch is not named, so that it keeps its identity.
 */
export type Folds<Part, E extends { readonly type: string }> = {
  readonly [T in E['type']]: (part: Part, event: Extract<E, { type: T }>, place: Place) => Partial<Part>
}
