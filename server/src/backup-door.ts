import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { resolve } from 'node:path'
import type { SqliteRoomLog } from './log/sqlite'

/** A hold that nobody ends would let the write-ahead log grow for ever. */
const LONGEST_HOLD_MS = 10 * 60_000
/** What the two ends say: "the file is still", "it is copied", "and it was still until now". */
const STILL = 'still'
const COPIED = 'copied'
const KEPT = 'kept'

/** Where `backup` asks a server that runs to hold its file still. */
export type BackupDoor = { close(): void }

/** A socket beside the file, which its user alone may use; Windows has pipes for that, which live elsewhere. */
function addressOf(path: string): string {
  const whole = resolve(path)
  const name = createHash('sha256').update(whole).digest('hex').slice(0, 32)
  return process.platform === 'win32' ? `\\\\.\\pipe\\peerstage-${name}` : `${path}.sock`
}

/**
 * Holds the file of a log still for whoever asks, one at a time, as long as they are connected. The file is locked for this
 * process, so that a socket that is there already was left behind by one that was killed.
 */
export async function openBackupDoor(
  { path, log }: { readonly path: string; readonly log: SqliteRoomLog },
  say: (sentence: string) => void,
): Promise<BackupDoor | undefined> {
  const address = addressOf(path)
  const server = createServer((socket) => hold(socket, log))
  if (process.platform !== 'win32') rmSync(address, { force: true })
  try {
    await once(server.listen(address), 'listening')
    if (process.platform !== 'win32') chmodSync(address, 0o600)
  } catch (error) {
    say(`There can be no backups while this server runs: ${(error as Error).message}.`)
    return undefined
  }
  server.unref()
  return { close: () => void server.close() }
}

function hold(socket: Socket, log: SqliteRoomLog): void {
  socket.on('error', () => {})
  const release = heldStill(log)
  if (release === undefined) {
    socket.destroy()
    return
  }
  const overdue = setTimeout(() => socket.destroy(), LONGEST_HOLD_MS).unref()
  socket.once('close', () => {
    clearTimeout(overdue)
    release()
  })
  socket.setEncoding('utf8').once('data', (said) => socket.end(String(said) === COPIED && release() ? KEPT : ''))
  socket.write(STILL)
}

function heldStill(log: SqliteRoomLog): (() => boolean) | undefined {
  try {
    return log.holdStill()
  } catch {
    // It is down: its own lines say why.
    return undefined
  }
}

/** What holds a file still for a copy. */
export type Hold = {
  /** Tells that it is copied. Resolves to whether the file was still until then. */
  copied(): Promise<boolean>
}

/** Asks the server that has a file to hold it still. Undefined where no server answers. */
export async function holdOf(path: string): Promise<Hold | undefined> {
  const socket = connect(addressOf(path)).setEncoding('utf8')
  const first = await next(socket)
  if (first !== STILL) return undefined
  return {
    copied: async () => {
      const answer = next(socket)
      socket.write(COPIED)
      const isKept = (await answer) === KEPT
      socket.destroy()
      return isKept
    },
  }
}

/** What is said next; undefined once nobody is there. */
function next(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (said) => resolve(String(said)))
    socket.once('error', () => resolve(undefined))
    socket.once('close', () => resolve(undefined))
  })
}
