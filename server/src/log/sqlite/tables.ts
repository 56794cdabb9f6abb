import { type ChatTable, chatTable } from './chat'
import { type IdentityTable, identityTable } from './identities'
import { type InstanceTables, instanceTables } from './instances'
import type { Database } from './port'
import { type ReaderTables, readerTables } from './readers'
import { type RecordTables, recordTables } from './records'
import { type TombstoneTable, tombstoneTable } from './tombstones'

/** The tables of a log's file. */
export type Tables = {
  readonly instances: InstanceTables
  readonly identities: IdentityTable
  readonly records: RecordTables
  readonly readers: ReaderTables
  readonly chat: ChatTable
  readonly tombstones: TombstoneTable
}

/** Prepares the statements of all tables. The file must have the newest schema. */
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
