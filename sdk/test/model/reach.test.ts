import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryDisk } from './disks'
import { playSequence, sequences } from './model'

const EXPECTED = [
  'a late attempt',
  'answered again',
  'asked by what was held',
  'asked to confirm',
  'came as cohost by what was given',
  'came as host by the token',
  'came as host by what was given',
  'came as viewer by a full stage',
  'came as viewer by what was given',
  'ended by removed',
  'ended by room_ended',
  'ended by room_full',
  'ended by room_locked',
  'ended by superseded',
  'ended by timeout',
  'ended by unreachable',
  'goodbye draining',
  'goodbye unavailable',
  'killed between append and reply',
  'loaded',
  'media.changed',
  'participant.left left',
  'participant.left lost',
  'participant.left removed',
  'participant.returned',
  'participant.roleChanged moderation',
  'participant.roleChanged stage',
  'participant.roleChanged succession',
  'participant.roleChanged token',
  'resumed by a snapshot',
  'resumed by events',
  'room.bansChanged',
  'room.ended empty',
  'room.ended ended',
  'room.hostGraceEnded',
  'room.hostGraceStarted',
  'room.locked',
]

test('the sequences reach what the promises are about', async () => {
  const seen = new Set<string>()
  for (const sequence of fc.sample(sequences, { numRuns: 600, seed: 1 })) {
    const words = await playSequence(memoryDisk(), sequence)
    for (const word of words) seen.add(word)
  }
  expect([...seen]).toEqual(expect.arrayContaining(EXPECTED))
})
