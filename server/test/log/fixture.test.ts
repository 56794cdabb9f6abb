// Logs of every released version, as they were stored, must load and fold for ever. When something about storing has changed, its
// schema or its versions have too: UPDATE_FIXTURE=1 then writes a fixture of the new version beside the old ones.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EVENT_VERSION } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { memoryLog } from '../../src/log/memory/memory-log'
import { SNAPSHOT_VERSION } from '../../src/log/snapshot'
import { loadSqlite } from '../../src/log/sqlite/driver'
import { MIGRATIONS } from '../../src/log/sqlite/schema'
import { fold } from '../../src/room/fold'
import { FakeClock } from '../harness/fake-clock'
import { AT, dump, writeFixture } from '../harness/log-fixture'
import { LogFolder } from '../harness/log-folder'

const FOLDER = fileURLToPath(new URL('./fixtures/', import.meta.url))
/** Named by the versions of its schema, its records and its snapshots. */
const TODAY = `schema-${MIGRATIONS.length}-records-${EVENT_VERSION}-snapshots-${SNAPSHOT_VERSION}.sql`

async function fixtureOfToday(): Promise<string> {
  const files = new LogFolder()
  const log = files.open({ clock: new FakeClock(AT) })
  await writeFixture(log)
  await log.close()
  const db = loadSqlite()(files.path)
  const sql = dump(db)
  db.close()
  return sql
}

test('what is stored today is what the fixture of its version holds', async () => {
  const sql = await fixtureOfToday()
  if (process.env.UPDATE_FIXTURE === '1') writeFileSync(FOLDER + TODAY, sql)
  expect(existsSync(FOLDER + TODAY), `${TODAY}: write it by UPDATE_FIXTURE=1`).toBe(true)
  expect(sql).toBe(readFileSync(FOLDER + TODAY, 'utf8'))
})

test.each(readdirSync(FOLDER))('%s loads, folds and goes on', async (name) => {
  const files = new LogFolder()
  const db = loadSqlite()(files.path)
  db.exec(`BEGIN; ${readFileSync(FOLDER + name, 'utf8')} COMMIT`)
  db.close()
  const log = files.open()
  const expected = await writeFixture(memoryLog())
  expect(await log.openRooms()).toEqual([
    { roomId: 'hall', instance: 'instance-of-the-hall', participants: 1 },
    { roomId: 'young', instance: 'instance-without-snapshot', participants: 1 },
  ])
  for (const { roomId, records } of expected) expect((await log.load(roomId)).state).toEqual(fold(records))
  expect((await log.load('hall')).bans).toMatchObject([{ identity: 'mallory' }, { identity: 'bob' }])
  expect((await log.history('hall', { limit: 100 })).messages).toEqual(expected[0]?.state?.room.messages)
  const [, young] = expected
  if (young === undefined) throw new Error('two rooms')
  Object.assign(young, { log })
  await young.say('eve', 'after all these years')
  expect((await log.load('young')).state).toEqual(fold(young.records))
})
