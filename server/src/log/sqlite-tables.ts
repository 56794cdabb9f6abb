import { type ChatTable, chatTable } from './sqlite-chat'
import { type InstanceTables, instanceTables } from './sqlite-instances'
import { type PastTables, pastTables } from './sqlite-pasts'
import type { Database } from './sqlite-port'
import { type RecordTables, recordTables } from './sqlite-records'

/** All that a log's file holds. */
export type Tables = {
  readonly instances: InstanceTables
  readonly records: RecordTables
  readonly chat: ChatTable
  readonly pasts: PastTables
}

/** Of a file whose schema is today's. */
export function openTables(db: Database): Tables {
  const instances = instanceTables(db)
  return { instances, records: recordTables(db), chat: chatTable(db, instances), pasts: pastTables(db, instances) }
}
