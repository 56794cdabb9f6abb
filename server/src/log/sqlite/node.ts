import type { Database, OpenDatabase, Parameter, Statement } from './port'

/** What the log uses of `node:sqlite`. The types are written here, because those of Node 20 have no such module. */
type NodeSqlite = {
  readonly DatabaseSync: new (
    path: string,
  ) => {
    prepare(sql: string): unknown
    exec(sql: string): void
    close(): void
  }
}

/** SQLite as it comes with Node, from 22.13 on without a flag. Undefined if this Node has none. */
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
 * Suppresses one warning: Node 22 writes to standard error that its SQLite is experimental, when the module is first loaded. The tests
 * of the log run on each of these versions, so a server need not repeat it at each start. All other warnings are shown.
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
