// A server with a log on disk, for another process. It prints its address. Arguments: the file, the secret of the tokens.
import { createPeerstageServer, sqliteLog } from '../../src/index'

const [path = '', secret = ''] = process.argv.slice(2)
// Messages a second: enough to fill a disk in a test.
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
