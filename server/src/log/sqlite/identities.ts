import type { Database } from './port'

/** Where the next step of erasing an identity begins: in which instance, and after which row of its chat. */
export type ErasePlace = { readonly instance: number; readonly after: number }

export const ERASE_START: ErasePlace = { instance: 0, after: 0 }

/** Which identities the records and the chat of an instance name. When the row of an instance is removed, so are its pairs. */
export function identityTable(db: Database) {
  const add = db.prepare<[string, number]>('INSERT OR IGNORE INTO identities (identity, instance) VALUES (?, ?)')
  const next = db.prepare<[string, number], { instance: number }>(
    'SELECT instance FROM identities WHERE identity = ? AND instance >= ? ORDER BY instance LIMIT 1',
  )
  const remove = db.prepare<[string, number]>('DELETE FROM identities WHERE identity = ? AND instance = ?')
  return {
    add: (identity: string, instance: number) => add.run(identity, instance),
    /** The first place at `place` or after it. */
    next(identity: string, place: ErasePlace): ErasePlace | undefined {
      const instance = next.get(identity, place.instance)?.instance
      if (instance === undefined) return undefined
      return instance === place.instance ? place : { instance, after: 0 }
    },
    remove: (identity: string, instance: number) => remove.run(identity, instance),
  }
}

export type IdentityTable = ReturnType<typeof identityTable>
