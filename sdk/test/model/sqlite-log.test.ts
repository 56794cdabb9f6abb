import { test } from 'vitest'
import { sqliteDisk, sqliteFileDisk } from './disks'
import { playMany } from './model'

/** A long time: it bounds a hang on a busy machine. */
const LIMIT_MS = 15 * 60_000

test(
  'the same over SQLite: what was kept is there for the next process [R3.13]',
  () => playMany('model over SQLite', sqliteDisk, 2800),
  LIMIT_MS,
)

test(
  'the same over a file that each process opens anew, as the one before left it when it was killed [R3.13]',
  () => playMany('model over a file of SQLite', sqliteFileDisk, 250),
  LIMIT_MS,
)
