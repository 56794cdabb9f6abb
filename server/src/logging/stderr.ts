import { constants, openSync, write, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { isatty } from 'node:tty'
import { LineQueue, type Sink } from './line-queue'

const STDERR = 2
const { O_WRONLY, O_NOCTTY, O_NONBLOCK } = constants

let lines: LineQueue | undefined

/** The lines of all servers of this process, on their way to stderr. Nothing waits for their reader, not even the end of the process. */
export function standardError(): LineQueue {
  if (lines !== undefined) return lines
  const queue = new LineQueue(sink())
  process.on('exit', () => queue.writeLast())
  lines = queue
  return queue
}

/** Waits for the lines that wait, if there are any, for a second at most. */
export const standardErrorFlushed = async (): Promise<void> => lines?.flushed()

/**
 * A write that blocks holds a thread of Node's pool, and Node does not exit before all of them are back. So pipes and sockets are left
 * to Node's own stream, which never blocks there but on Windows. A disk answers by itself; there that stream would block, and end with an error.
 */
function sink(): Sink {
  if (isatty(STDERR)) return toDescriptor(unblocked())
  const isPipe = process.platform !== 'win32' && process.stderr instanceof Socket
  return isPipe ? toStream(process.stderr) : toDescriptor(STDERR)
}

function toStream(stream: NodeJS.WriteStream): Sink {
  // The callbacks hear of errors too; one without a listener would end the process.
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

/** A terminal may be held (Ctrl-S), or have no reader. The shell shares it and needs it to block, so it is opened again. */
function unblocked(): number {
  try {
    return openSync('/dev/stderr', O_WRONLY | O_NOCTTY | O_NONBLOCK)
  } catch {
    return STDERR
  }
}
