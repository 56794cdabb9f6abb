// How soon a crowd is back after its server was killed, and what that costs the new one: the log is on disk, people were talking. And
// how soon a server with many rooms in its log runs them all.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { Program } from './harness/program'
import type { Row } from './harness/result'
import { type BenchOptions, type Measure, measureAll, type Readings, rowsOf } from './harness/rounds'
import type { Checked } from './programs/returning-load'
import type { Usage } from './usage'

const FULL = { members: 2000, perRoom: 20, talkMs: 2000, rooms: 10_000 }
const TINY = { members: 8, perRoom: 4, talkMs: 100, rooms: 20 }

const RETURN_MEASURES: readonly Measure[] = [
  { key: 'backMs', title: 'all are back, after the new server was started', unit: 'ms', better: 'less' },
  { key: 'cpuMs', title: 'CPU of the new server until all are back', unit: 'ms', better: 'less' },
  { key: 'lost', title: 'texts lost', unit: '', better: 'less' },
  { key: 'doubled', title: 'texts doubled', unit: '', better: 'less' },
  { key: 'restarted', title: 'members that could not go on where they were', unit: '', better: 'less' },
]

const RESTART_MEASURES: readonly Measure[] = [
  { key: 'listeningMs', title: 'it listens', unit: 'ms', better: 'less' },
  { key: 'loadedMs', title: 'all rooms run', unit: 'ms', better: 'less' },
  { key: 'firstJoinMs', title: 'the first join, once it listens', unit: 'ms', better: 'less' },
  { key: 'cpuMs', title: 'CPU until all rooms run', unit: 'ms', better: 'less' },
]

export async function reconnect(options: BenchOptions): Promise<Row[]> {
  const size = options.isTiny ? TINY : FULL
  const returning = { name: `${size.members} after SIGKILL`, kind: 'ours', measure: () => returned(size) } as const
  const restarting = { name: `restart with ${size.rooms} rooms`, kind: 'ours', measure: () => restarted(size) } as const
  return [
    ...rowsOf(await measureAll([returning], options), RETURN_MEASURES),
    ...rowsOf(await measureAll([restarting], options), RESTART_MEASURES),
  ]
}

/** A server on a file, to be killed and started again. */
async function onDisk<Result>(run: (start: (port?: number) => Program) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-bench-'))
  const started: Program[] = []
  try {
    return await run((port = 0) => {
      const server = new Program('peerstage-server', [join(folder, 'rooms.db'), String(port)])
      started.push(server)
      return server
    })
  } finally {
    await Promise.all(started.map((server) => server.kill()))
    rmSync(folder, { recursive: true })
  }
}

const returned = ({ members, perRoom, talkMs }: typeof FULL): Promise<Readings> =>
  onDisk(async (start) => {
    const [first, load] = [start(), new Program('returning-load')]
    const port = await first.ask<number>('port')
    await load.ask('join', { port, members, perRoom })
    await load.ask('chatter')
    await passed(talkMs)
    await first.kill()
    await load.ask('silence')
    const startedAt = Date.now()
    const second = start(port)
    const backAt = await load.ask<number>('back')
    const { cpuMs } = await second.ask<Usage>('usage')
    const checked = await load.ask<Checked>('checked')
    await load.kill()
    return { backMs: backAt - startedAt, cpuMs, ...checked }
  })

const restarted = ({ rooms }: typeof FULL): Promise<Readings> =>
  onDisk(async (start) => {
    const [first, load] = [start(), new Program('load')]
    const port = await first.ask<number>('port')
    await load.ask('join', { dialect: 'peerstage', port, sockets: rooms, perRoom: 1 })
    await Promise.all([first.kill(), load.kill()])
    const startedAt = Date.now()
    const second = start(port)
    await second.ask('port')
    const listeningMs = Date.now() - startedAt
    const firstJoinMs = await joinOne(port)
    while (!(await second.ask<boolean>('runs', rooms))) await passed(50)
    const loadedMs = Date.now() - startedAt
    const { cpuMs } = await second.ask<Usage>('usage')
    return { listeningMs, loadedMs, firstJoinMs, cpuMs }
  })

/** How long a newcomer to one of the rooms takes. Its own process is there before. */
async function joinOne(port: number): Promise<number> {
  const one = new Program('load')
  await one.ask('begin')
  const began = performance.now()
  await one.ask('join', { dialect: 'peerstage', port, sockets: 1, perRoom: 1 })
  const took = performance.now() - began
  await one.kill()
  return took
}
