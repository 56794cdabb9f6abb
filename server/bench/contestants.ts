// The servers that are measured side by side, each in a process of its own with a process that loads it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program } from './harness/program'
import type { Readings, Subject } from './harness/rounds'
import type { DialectName } from './load/dialect'

export type Contestant = Omit<Subject, 'measure'> & {
  readonly dialect: DialectName
  readonly program: string
  readonly args: readonly string[]
  /** Ours: rooms are kept on disk, and what a batch survives there. */
  readonly durability?: 'process' | 'full'
}

export const MEMORY: Contestant = {
  name: 'log in memory',
  kind: 'ours',
  dialect: 'peerstage',
  program: 'peerstage-server',
  args: [],
}
export const SQLITE: Contestant = { ...MEMORY, name: 'log in SQLite', durability: 'process' }
export const SQLITE_FULL: Contestant = { ...MEMORY, name: 'log in SQLite (durability full)', durability: 'full' }
export const SOCKET_IO: Contestant = {
  name: 'Socket.IO',
  kind: 'rival',
  dialect: 'socket.io',
  program: 'socket-io-server',
  args: [],
}
export const WS: Contestant = { name: 'raw ws', kind: 'floor', dialect: 'ws', program: 'ws-server', args: [] }
export const BATCHED_WS: Contestant = { ...WS, name: 'raw ws, batched', args: ['batched'] }

export type Pair = { readonly server: Program; readonly load: Program; readonly port: number }

/** A subject that is measured on a fresh server with a fresh load. Nothing of it is left afterwards. */
export const subjectOf = (
  contestant: Contestant,
  measure: (pair: Pair, contestant: Contestant) => Promise<Readings>,
): Subject => ({
  name: contestant.name,
  kind: contestant.kind,
  measure: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'peerstage-bench-'))
    const { durability } = contestant
    const args = durability === undefined ? contestant.args : [join(folder, 'rooms.db'), '0', durability]
    const [server, load] = [new Program(contestant.program, args), new Program('load')]
    try {
      return await measure({ server, load, port: await server.ask<number>('port') }, contestant)
    } finally {
      await Promise.all([server.kill(), load.kill()])
      rmSync(folder, { recursive: true })
    }
  },
})
