// Ours as its users run it: the built package, tokens verified. Its argument is the file of its log; without it, it keeps rooms in memory.
import { NO_BOUNDS, SECRET } from '../settings'
import { serveMeasured } from '../usage'

type Package = typeof import('../../src/index')

const BUILT = new URL('../../dist/index.js', import.meta.url)

const [path] = process.argv.slice(2)
const { createPeerstageServer, sqliteLog }: Package = await import(BUILT.href)
const live = createPeerstageServer({
  auth: { secret: SECRET },
  ...(path === undefined ? {} : { log: sqliteLog(path) }),
  iceServers: [],
  logLevel: 'error',
  limits: NO_BOUNDS,
})
const { url } = await live.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
serveMeasured(() => Number(new URL(url).port))
