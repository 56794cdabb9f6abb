// A process that appends batches to a log until it is killed or the log rejects one. After each stored batch it prints
// "room seq", and at the end "down" with the reason. Arguments: the file, the number of rooms.
import { writeSync } from 'node:fs'
import { sqliteLog } from '../../src/log/sqlite/sqlite-log'
import { LogUnavailable } from '../../src/ports/log-unavailable'
import { LogWriter } from '../contract/log-writer'

const [path = '', rooms = '1', from = '0'] = process.argv.slice(2)
const log = sqliteLog(path)
const STDOUT = 1

async function write(roomId: string): Promise<void> {
  const room = new LogWriter(log, roomId, `from-${from}`, () => Date.now())
  await room.open()
  await room.join('ada')
  for (let i = 0; ; i++) {
    await room.say('ada', `${i}.a`.padEnd(300), `${i}.b`)
    if (i % 7 === 6) await room.delete(`${i}.b`)
    // Synchronous, so that each stored batch is printed before the process can be killed.
    writeSync(STDOUT, `${roomId} ${room.seq}\n`)
  }
}

try {
  await Promise.all(Array.from({ length: Number(rooms) }, (_, i) => write(`room-${from}-${i}`)))
} catch (error) {
  const why = error instanceof LogUnavailable ? `down ${error.message}` : String(error)
  // The process goes on: a log that is down does not end it.
  const stillThere = await log.load('room-0-0').then(
    ({ state }) => state?.room.seq,
    (fault: unknown) => String(fault),
  )
  writeSync(STDOUT, `${why}\nalive ${stillThere}\n`)
}
