import { test } from 'vitest'
import { memoryDisk } from './disks'
import { playMany } from './model'

/** A long time: it bounds a hang on a busy machine. */
const LIMIT_MS = 15 * 60_000

test(
  'whatever breaks: nothing is lost or doubled, one identity has one connection, 4 places are 4, the dead are gone in time [R1.5, R1.6, R1.7, R2.5, R2.7, R3.1, R3.2, R3.3, R3.4, R3.5, R3.6, R4.2, R4.4, R4.5, R5.3, R5.4, R5.5, R5.6]',
  () => playMany('model over the memory log', memoryDisk, 7000),
  LIMIT_MS,
)
