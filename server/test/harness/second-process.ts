// Opens a log that another process may have open, and prints the result.
import { sqliteLog } from '../../src/log/sqlite/sqlite-log'

try {
  await sqliteLog(process.argv[2] ?? '').close()
  console.log('opened')
} catch (error) {
  console.log(String(error))
}
