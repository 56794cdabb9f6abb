// Ours as its users run it: the built package, tokens verified. Its arguments: the file of its log, or nothing for rooms that are kept
// in memory; the port, 0 for any; what a
// batch on disk survives.
import { NO_BOUNDS, SECRET } from '../settings'
import { serveMeasured } from '../usage'

type Package = typeof import('../../src/index')

const BUILT = new URL('../../dist/index.js', import.meta.url)

const [path = '', port = '0', durability = 'process'] = process.argv.slice(2)
const { createPeerstageServer, sqliteLog }: Package = await import(BUILT.href)
const live = createPeerstageServer({
  auth: { secret: SECRET },
  ...(path === '' ? {} : { log: sqliteLog(path, { durability: durability === 'full' ? 'full' : 'process' }) }),
  maxSockets: 20_000,
  iceServers: [],
  logLevel: 'error',
  limits: NO_BOUNDS,
})
const { url } = await live.listen(Number(port), '127.0.0.1')

/** The rooms that were found to run, by their numbers: the next one is asked for next. */
let running = 0
/** Whether so many rooms run: after a restart they are loaded one after the other. */
function runs(rooms: number): boolean {
  while (running < rooms && live.rooms.stats(`room-${running}`) !== undefined) running++
  return running >= rooms
}

serveMeasured(() => Number(new URL(url).port), { runs })
