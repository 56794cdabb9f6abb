import { test } from 'vitest'
import { memoryDisk } from './disks'
import { playMany } from './model'

/** A long time: it bounds a hang on a busy machine. */
const LIMIT_MS = 15 * 60_000

test(
  'whatever breaks: nothing is lost or doubled, one identity has one connection, 4 places are 4, the dead are gone in time',
  () => playMany('model over the memory log', memoryDisk, 7000),
  LIMIT_MS,
)
