type Listener = (...values: unknown[]) => void

/**
 * Stands in for the Duplex of readable-stream, which is three quarters of simple-peer's size and wants Node's globals.
 * A peer is neither piped nor read from here: it tells its one owner what happens.
 */
class Duplex {
  readonly _listeners = new Map<string, Listener>()

  /** One listener for each event. */
  on(event: string, listener: Listener): void {
    this._listeners.set(event, listener)
  }

  emit(event: string, ...values: unknown[]): void {
    this._listeners.get(event)?.(...values)
  }
}

export default { Duplex }
