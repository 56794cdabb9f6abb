import { describe, expect, test } from 'vitest'
import type { SqliteLogOptions } from '../../src/log/sqlite/sqlite-log'
import { decided, LogWriter } from '../contract/log-writer'
import { LogFolder } from '../harness/log-folder'

/** A hall of which the disk has two messages; a client has received two more, and the log is closed. */
async function hall({ inOrder = false, ...options }: SqliteLogOptions & { inOrder?: boolean } = {}) {
  const files = new LogFolder()
  const log = files.open(options)
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  await room.join('ada')
  await room.say('ada', 'one')
  await room.say('ada', 'two')
  const onDisk = room.seq
  if (!inOrder) files.reachesTheDisk()
  await room.say('ada', 'three')
  await room.say('ada', 'four')
  await log.close()
  if (inOrder) files.reachesTheDisk()
  return { files, onDisk, heardOf: room.seq }
}

/** The next writer of a room that the log has. */
async function goesOn(files: LogFolder, options: SqliteLogOptions = {}) {
  const log = files.open(options)
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  room.state = (await log.load('hall')).state
  return { log, room, since: (seq: number) => log.since('hall', 'first', seq) }
}

describe('a machine that lost power under an open log', () => {
  test('gives a snapshot to a client that received what is lost, when its seqs have been passed too [R3.16]', async () => {
    const { files, onDisk, heardOf } = await hall()
    files.losesPower()
    const { room, since } = await goesOn(files)
    expect(room.state?.room.messages.map(({ text }) => text)).toEqual(['one', 'two'])
    const before = room.seq
    expect(before).toBeGreaterThan(heardOf)
    await room.say('ada', 'other', 'words', 'than', 'these')
    for (let seq = onDisk; seq <= heardOf; seq++) expect(await since(seq)).toBeUndefined()
    expect((await since(before))?.map((logged) => logged.seq)).toEqual([1, 2, 3, 4].map((i) => before + i))
  })

  test('keeps the room as it was, and the time of its last event', async () => {
    const { files, onDisk } = await hall()
    const said = files.clock.now()
    files.losesPower()
    files.clock.advance(1000)
    const { room, since } = await goesOn(files)
    expect(room.state?.room.participants.map(({ name }) => name)).toEqual(["ada's name"])
    expect(room.state?.ledger.sessions.get('p-ada')?.identity).toBe('ada')
    expect(await since(room.seq - 1)).toMatchObject([{ seq: room.seq, at: said, event: { message: { text: 'two' } } }])
    expect(room.seq).toBeGreaterThan(onDisk)
  })

  test('loses it again, and the seqs leap again', async () => {
    const { files } = await hall()
    files.losesPower()
    const second = await goesOn(files)
    const before = second.room.seq
    files.reachesTheDisk()
    await second.room.say('ada', 'three again')
    await second.log.close()
    files.losesPower()
    const third = await goesOn(files)
    await third.room.say('ada', 'three at last')
    expect(await third.since(before + 1)).toBeUndefined()
    expect((await third.log.history('hall', { limit: 1 })).messages).toMatchObject([{ text: 'three at last' }])
  })

  test('starts with a room that is damaged, which says so when a client joins it', async () => {
    const { files } = await hall()
    files.losesPower()
    files.alter("UPDATE records SET logged = '{'")
    const log = files.open()
    await expect(log.load('hall')).rejects.toMatchObject({ name: 'LogUnavailable' })
    expect(await log.load('other')).toEqual({ bans: [] })
  })
})

describe('seqs do not leap', () => {
  test('when only the process ended: who was there gets what it missed', async () => {
    const { files, onDisk } = await hall()
    // As after SIGKILL: what was written is there, and was not closed.
    files.isAsItReachedTheDisk()
    const { room, since } = await goesOn(files)
    expect(room.seq).toBe(onDisk)
    expect(await since(onDisk - 1)).toHaveLength(1)
  })

  test('when the log was closed before the machine went down', async () => {
    const { files, heardOf } = await hall({ inOrder: true })
    files.losesPower()
    expect((await goesOn(files)).room.seq).toBe(heardOf)
  })

  test('when each batch waited for the disk', async () => {
    const { files, onDisk } = await hall({ durability: 'full' })
    files.losesPower()
    expect((await goesOn(files)).room.seq).toBe(onDisk)
  })
})

test('what each batch waits for now does not heal what it did not wait for before', async () => {
  const { files, onDisk } = await hall()
  files.losesPower()
  expect((await goesOn(files, { durability: 'full' })).room.seq).toBeGreaterThan(onDisk)
})

test('a backup that was marked counts as one that lost its end', async () => {
  const { files, heardOf } = await hall({ inOrder: true })
  files.alter("UPDATE upkeep SET machine = 'restored'")
  expect((await goesOn(files)).room.seq).toBeGreaterThan(heardOf)
})

test('a file that is full starts all the same, and its rooms are there', async () => {
  const files = new LogFolder()
  const log = files.open({ maxBytes: 1024 * 1024 })
  const rooms: string[] = []
  for (let isFull = false; !isFull; ) {
    const room = new LogWriter(log, `room-${rooms.length}`, 'first', () => files.clock.now())
    const metadata = { text: 'x'.repeat(50_000) }
    const joined = {
      type: 'participant.joined',
      participant: { id: 'p', name: 'Ada', role: 'host', metadata },
    } as const
    isFull = await room
      .open()
      .then(() => room.write(decided(joined, 'p')))
      .then(
        () => false,
        () => true,
      )
    if (!isFull) rooms.push(room.roomId)
  }
  files.reachesTheDisk()
  await log.close()
  files.losesPower()
  const again = files.open({ maxBytes: 1024 * 1024 })
  expect(rooms.length).toBeGreaterThan(10)
  for (const id of rooms) expect((await again.load(id)).state?.room.participants).toHaveLength(1)
})
