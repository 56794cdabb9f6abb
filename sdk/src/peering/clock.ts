/** Time as links need it; tests bring one that they move by hand. */
export type Clock = {
  /** Milliseconds, never going back. */
  now(): number
  /** Calls back once, after `ms` milliseconds; the function that it answers with calls that off. */
  after(ms: number, callback: () => void): () => void
}
