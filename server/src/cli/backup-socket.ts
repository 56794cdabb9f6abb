import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { relative } from 'node:path'
import type { SqliteRoomLog } from '../log/sqlite/opened-log'

/** A hold that is never ended would let the write-ahead log grow for ever. */
const LONGEST_HOLD_MS = 10 * 60_000
/** What the two ends say: "the file is still", "it is copied", "and it was still until now". */
const STILL = 'still'
const COPIED = 'copied'
const KEPT = 'kept'

/** Where `backup` asks a server that runs to hold its file still. */
export type BackupSocket = { close(): void }

/**
 * A socket beside the file, which its user alone may use; Windows has pipes for that, which live elsewhere. The server and the
 * command may know the file by different paths. An address of a socket has room for some 100 bytes.
 */
function addressOf(path: string): string {
  const real = realpathSync.native(path)
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\peerstage-${name}`
  const fromHere = relative(process.cwd(), real)
  return `${fromHere.length < real.length ? fromHere : real}.sock`
}

/**
 * Holds the file of a log still for a process that asks, one at a time, as long as it is connected. The file is locked for this
 * process, so that a socket that is there already was left behind by one that was killed.
 */
export async function openBackupSocket(
  { path, log }: { readonly path: string; readonly log: SqliteRoomLog },
  say: (sentence: string) => void,
): Promise<BackupSocket | undefined> {
  const server = createServer((socket) => hold(socket, log))
  const giveUp = (error: unknown) => {
    server.close()
    say(`There can be no backups while this server runs: ${(error as Error).message}.`)
  }
  try {
    const address = addressOf(path)
    if (process.platform !== 'win32') rmSync(address, { force: true })
    await once(server.listen(address), 'listening')
    if (process.platform !== 'win32') chmodSync(address, 0o600)
  } catch (error) {
    giveUp(error)
    return undefined
  }
  // A connection could not be accepted: no reason to end the rooms of the server.
  server.on('error', (error) => {
    if (server.listening) giveUp(error)
  })
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
  // From the beginning: what has closed while nothing listened closes no second time.
  const gone = new Promise<undefined>((resolve) => {
    socket.on('error', () => {}).once('close', () => resolve(undefined))
  })
  const next = () =>
    Promise.race([
      gone,
      once(socket, 'data').then(
        ([said]) => String(said),
        () => undefined,
      ),
    ])
  if ((await next()) !== STILL) return undefined
  return {
    copied: async () => {
      const answer = next()
      socket.write(COPIED)
      const isKept = (await answer) === KEPT
      socket.destroy()
      return isKept
    },
  }
}
