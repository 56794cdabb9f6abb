import EventEmitter from 'eventemitter3'

/**
 * Stands in for the Duplex of readable-stream, which is three quarters of simple-peer's size and wants Node's globals.
 * A peer is never piped here: it pushes what its data channel receives, and ends when it is destroyed. The two state
 * records are read by simple-peer's destroy.
 */
class Duplex extends EventEmitter {
  readonly _readableState = { ended: false }
  readonly _writableState = { finished: false }

  push(chunk: unknown): void {
    if (chunk !== null) {
      this.emit('data', chunk)
      return
    }
    this._readableState.ended = true
    this.emit('end')
  }

  end(): void {
    this._writableState.finished = true
  }
}

export default { Duplex }
