import { type ChatTable, chatTable } from './chat'
import { type IdentityTable, identityTable } from './identities'
import { type InstanceTables, instanceTables } from './instances'
import type { Database } from './port'
import { type ReaderTables, readerTables } from './readers'
import { type RecordTables, recordTables } from './records'
import { type TombstoneTable, tombstoneTable } from './tombstones'

/** All that a log's file holds. */
export type Tables = {
  readonly instances: InstanceTables
  readonly identities: IdentityTable
  readonly records: RecordTables
  readonly readers: ReaderTables
  readonly chat: ChatTable
  readonly tombstones: TombstoneTable
}

/** Of a file whose schema is today's. */
export function openTables(db: Database): Tables {
  const instances = instanceTables(db)
  const records = recordTables(db)
  return {
    instances,
    identities: identityTable(db),
    records,
    readers: readerTables(db, instances, records),
    chat: chatTable(db, instances),
    tombstones: tombstoneTable(db, instances),
  }
}
