import { LogUnavailable } from '../../ports/log-unavailable'
import { type Database, inTransaction } from './port'

/** Marks a file as a log of Peerstage: "peer" in ASCII. */
const APPLICATION_ID = 0x70656572

/**
 * Each migration raises the schema by one version; the first one creates it in an empty file. A released migration is never changed: a new
 * one is added. All tables have a rowid, and tables with texts grow at their end, so that SQLite seldom copies a text from page to page.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One row for each room id, until nothing is kept of it.
  CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    ended_at REAL,
    chat_bytes INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX rooms_ended ON rooms (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE bans (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    identity TEXT NOT NULL,
    ban_id TEXT NOT NULL,
    ban TEXT NOT NULL,
    UNIQUE (room, identity)
  ) STRICT;
  -- "total": bytes of all records that it has ever had. A forgotten instance keeps its row until its chat is removed.
  CREATE TABLE instances (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'forgotten')),
    seq INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    participants INTEGER NOT NULL DEFAULT 0,
    snapshot_seq INTEGER NOT NULL DEFAULT 0,
    snapshot_total INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room, name)
  ) STRICT;
  CREATE INDEX instances_by_status ON instances (status, room);
  -- A room's state at its instance's snapshot_seq.
  CREATE TABLE snapshots (instance INTEGER PRIMARY KEY, v INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
  -- "total": bytes of the instance's records before this one. "identity": the identity that it is about.
  CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    v INTEGER NOT NULL,
    at REAL NOT NULL,
    total INTEGER NOT NULL,
    identity TEXT,
    logged TEXT NOT NULL,
    secret TEXT,
    UNIQUE (instance, seq)
  ) STRICT;
  CREATE INDEX records_of_identity ON records (identity) WHERE identity IS NOT NULL;
  -- The chat archive. The records of a room reach back only as far as its replay window.
  CREATE TABLE chat (
    id INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    identity TEXT NOT NULL,
    at REAL NOT NULL,
    bytes INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX chat_of_instance ON chat (instance);
  CREATE INDEX chat_by_message ON chat (message_id);
  CREATE INDEX chat_of_identity ON chat (identity);
  -- One row. "erased": whether something was erased since the file was last rebuilt. "machine": the start of the machine while a log is
  -- open that does not wait for the disk; NULL otherwise.
  CREATE TABLE upkeep (id INTEGER PRIMARY KEY CHECK (id = 1), erased INTEGER NOT NULL, probe BLOB, machine TEXT) STRICT;
  INSERT INTO upkeep VALUES (1, 0, NULL, NULL);
  `,
  `
  -- The readers of the record feed, and how far each has read an instance. A forgotten instance with a seq is not yet read by all.
  CREATE TABLE readers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE positions (
    id INTEGER PRIMARY KEY,
    reader INTEGER NOT NULL,
    instance INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    UNIQUE (reader, instance)
  ) STRICT;
  CREATE INDEX positions_of_instance ON positions (instance, seq);
  CREATE INDEX instances_unread ON instances (id) WHERE status = 'forgotten' AND seq > 0;
  `,
  `
  -- Which identities the records and the chat of an instance name. The messages of an identity are found through its instances: an
  -- index of all messages by identity would write one more page for each message.
  CREATE TABLE identities (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    instance INTEGER NOT NULL,
    UNIQUE (identity, instance)
  ) STRICT;
  CREATE INDEX identities_of_instance ON identities (instance);
  INSERT INTO identities (identity, instance)
    SELECT identity, instance FROM records WHERE identity IS NOT NULL UNION SELECT identity, instance FROM chat;
  DROP INDEX records_of_identity;
  DROP INDEX chat_of_identity;
  CREATE TRIGGER instance_removed AFTER DELETE ON instances BEGIN
    DELETE FROM identities WHERE instance = OLD.id;
  END;
  `,
]

/** Checks, without writing, that a file is a log of Peerstage, and not of a newer server. @throws LogUnavailable when it is not */
export function checkFile(db: Database, path: string, newest = MIGRATIONS.length): void {
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  if (!isEmpty && db.pragma('application_id') !== APPLICATION_ID) {
    throw new LogUnavailable(`${path} is a database of another program, not a log of Peerstage.`)
  }
  if (versionOf(db) > newest) {
    throw new LogUnavailable(`${path} was written by a newer version of Peerstage: take that one, or another file.`)
  }
}

/** Migrates a file to the newest schema, in one transaction. */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const version = versionOf(db)
  if (version === migrations.length) return
  inTransaction(db, 'EXCLUSIVE', () => {
    for (const migration of migrations.slice(version)) db.exec(migration)
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${migrations.length}`)
  })
}

const versionOf = (db: Database): number => db.pragma('user_version') as number
