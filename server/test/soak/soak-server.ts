// The server of a soak, in a process of its own, so that what is measured is the server's alone. Its argument is the file of its log.
// Run with --expose-gc. By messages of its parent it measures itself, or drains; it then ends by itself, if nothing holds it open.
import { createPeerstageServer, sqliteLog } from '../../src/index'
import { heapWithoutGarbage } from './garbage'
import type { Measured } from './measured'
import { CHAT_SECONDS, SECRET } from './settings'

const DAY_SECONDS = 24 * 3600
const MIB = 1024 * 1024

const [path = ''] = process.argv.slice(2)
const live = createPeerstageServer({
  auth: { secret: SECRET },
  // Old chat gives way by its age and by its room's share.
  log: sqliteLog(path, { chatDays: CHAT_SECONDS / DAY_SECONDS, maxRoomBytes: 64 * 1024, maxBytes: 256 * MIB }),
  iceServers: [],
  logLevel: 'error',
  metrics: { public: true },
  // So that a client can fill a slow reader's queue.
  limits: { castsPerSecond: 1_000_000, castBurst: 1_000_000, castByteBurst: 1024 ** 3 },
})

async function measured(): Promise<Measured> {
  const heapBytes = await heapWithoutGarbage()
  const { external, rss } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const each of process.getActiveResourcesInfo()) resources[each] = (resources[each] ?? 0) + 1
  return { heapBytes, externalBytes: external, rssBytes: rss, resources }
}

process.on('message', (message) => {
  if (message === 'measure') void measured().then((result) => process.send?.(result))
  else if (message === 'close') void live.close().then(() => process.off('disconnect', orphaned).disconnect())
})
const orphaned = () => process.exit(1)
process.once('disconnect', orphaned)

const { url } = await live.listen(0, '127.0.0.1')
process.send?.({ url })
