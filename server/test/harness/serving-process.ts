// A server in a process of its own, on a log on disk. It says its address in a line. Arguments: the file, the secret of its tokens.
import { createPeerstageServer, sqliteLog } from '../../src/index'

const [path = '', secret = ''] = process.argv.slice(2)
// Faster than anybody types, to fill a disk with.
const FAST = 1000
const limits = {
  chatPerSecond: FAST,
  chatBurst: FAST,
  roomChatPerSecond: FAST,
  roomChatBurst: FAST,
  commandsPerSecond: FAST,
  commandBurst: FAST,
}
const server = createPeerstageServer({ auth: { secret }, log: sqliteLog(path), logLevel: 'silent', limits })
const { url } = await server.listen(0, '127.0.0.1')
console.log(url)
