import { constants, openSync, write, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { isatty } from 'node:tty'
import { LineQueue, type Sink } from './line-queue'

const STDERR = 2
const { O_WRONLY, O_NOCTTY, O_NONBLOCK } = constants

let lines: LineQueue | undefined

/** The queue for stderr of all servers in this process. Nothing waits for the reader, not even the exit of the process. */
export function stderrQueue(): LineQueue {
  if (lines !== undefined) return lines
  const queue = new LineQueue(sink())
  process.on('exit', () => queue.writeLast())
  lines = queue
  return queue
}

/** Waits until all lines are written, for a second at most. */
export const stderrFlushed = async (): Promise<void> => lines?.flushed()

/**
 * A blocking write occupies a thread of Node's pool, and Node does not exit before it returns. So pipes and sockets use Node's own
 * stream, which blocks for them only on Windows. Files are written directly, because for files the stream blocks, and an error ends it.
 */
function sink(): Sink {
  if (isatty(STDERR)) return toDescriptor(unblocked())
  const isPipe = process.platform !== 'win32' && process.stderr instanceof Socket
  return isPipe ? toStream(process.stderr) : toDescriptor(STDERR)
}

function toStream(stream: NodeJS.WriteStream): Sink {
  // The callbacks get errors too, but an `error` event without a listener would end the process.
  stream.on('error', () => {})
  return {
    write: (bytes, done) => stream.write(bytes, (error) => done(error, bytes.length)),
    writeLast: (bytes) => stream.write(bytes),
  }
}

function toDescriptor(descriptor: number): Sink {
  return {
    write: (bytes, done) => write(descriptor, bytes, done),
    writeLast(bytes) {
      try {
        writeSync(descriptor, bytes)
      } catch {
        // The lines are lost.
      }
    },
  }
}

/** Opens the terminal again, in non-blocking mode, because it may be paused (Ctrl-S) or have no reader. The shell needs its own descriptor to block. */
function unblocked(): number {
  try {
    return openSync('/dev/stderr', O_WRONLY | O_NOCTTY | O_NONBLOCK)
  } catch {
    return STDERR
  }
}
