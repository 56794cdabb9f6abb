import type { Database, OpenDatabase, Parameter, Statement } from './port'

/** What is used of `node:sqlite`. Its types are not those of Node 20, which has no such module. */
type NodeSqlite = {
  readonly DatabaseSync: new (
    path: string,
  ) => {
    prepare(sql: string): unknown
    exec(sql: string): void
    close(): void
  }
}

/** SQLite as Node brings it along: from 22.13 on without a flag. Undefined where this Node has none. */
export function nodeSqlite(): OpenDatabase | undefined {
  const sqlite = withoutItsWarning(() => process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined)
  return sqlite === undefined ? undefined : (path) => opened(sqlite, path)
}

function opened({ DatabaseSync }: NodeSqlite, path: string): Database {
  const db = new DatabaseSync(path)
  let isOpen = true
  const prepare = <Params extends Parameter[], Row>(sql: string) => db.prepare(sql) as Statement<Params, Row>
  return {
    path,
    get isOpen() {
      return isOpen
    },
    prepare,
    exec: (sql) => db.exec(sql),
    pragma: (text) => Object.values(prepare<[], object>(`PRAGMA ${text}`).all()[0] ?? {})[0],
    close() {
      db.close()
      isOpen = false
    },
  }
}

/**
 * Node 22 warns on standard error that its SQLite is experimental, when the module is first loaded. What the log needs of it is
 * proven on each of these versions, so a server does not say so at each start. Every other warning is heard.
 */
function withoutItsWarning<T>(load: () => T): T {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) {
      Reflect.apply(emitWarning, process, [warning, ...rest])
    }
  }
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}
