import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { relative } from 'node:path'
import type { SqliteRoomLog } from '../log/sqlite/opened-log'

/** A hold without an end would let the write-ahead log grow without bound. */
const LONGEST_HOLD_MS = 10 * 60_000
/** The messages: the server stopped changing the file; the command copied it; the file did not change until then. */
const STILL = 'still'
const COPIED = 'copied'
const KEPT = 'kept'

/** The socket at which `backup` asks a running server not to change its file. */
export type BackupSocket = { close(): void }

/**
 * The address of the socket: next to the file, for its user only; on Windows a named pipe. It is computed from the real path, because
 * server and command may use different paths. The shorter form is used, because an address may have only some 100 bytes.
 */
function addressOf(path: string): string {
  const real = realpathSync.native(path)
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\peerstage-${name}`
  const fromHere = relative(process.cwd(), real)
  return `${fromHere.length < real.length ? fromHere : real}.sock`
}

/**
 * Listens for processes that ask to hold the file of a log still, one at a time, for as long as they are connected. This process has the
 * file locked, so an existing socket was left by a process that was killed.
 */
export async function openBackupSocket(
  { path, log }: { readonly path: string; readonly log: SqliteRoomLog },
  say: (sentence: string) => void,
): Promise<BackupSocket | undefined> {
  const server = createServer((socket) => hold(socket, log))
  const giveUp = (error: unknown) => {
    server.close()
    say(`Backups are not possible while this server runs: ${(error as Error).message}.`)
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
  // A connection that cannot be accepted must not end the server.
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
    // The log is down, and has logged the reason.
    return undefined
  }
}

/** Holds a file still for a copy. */
export type Hold = {
  /** Reports that the copy is complete. Resolves to whether the file did not change until then. */
  copied(): Promise<boolean>
}

/** Asks the server of a file to hold it still. Undefined when no server answers. */
export async function holdOf(path: string): Promise<Hold | undefined> {
  const socket = connect(addressOf(path)).setEncoding('utf8')
  // Added at once, because `close` is emitted only once.
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
