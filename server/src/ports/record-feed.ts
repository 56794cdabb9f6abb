import type { StoredRecord } from '../room/state'

/** Some records of one instance, as a reader gets them. */
export type RecordPage = {
  /** The room's id. */
  readonly roomId: string
  /** The opening of the room. */
  readonly instance: string
  /** In their order, without a gap between them. They hold secrets: identities, hashes of keys, bans. */
  readonly records: readonly StoredRecord[]
  /** Seqs before `records` that the reader will never get: they were held back for it until their bound. Absent where there is none. */
  readonly gap?: { readonly from: number; readonly to: number }
}

/** Reads the records of all rooms, for history, statistics or webhooks. */
export interface RecordReader {
  /** Its positions are kept by this name: always the same, and unique in a server. */
  readonly name: string
  /**
   * Takes the next records of an instance. Its position is saved when this resolves; a rejection brings the same records again, later.
   * So does a crash in between: a reader gets each record at least once, and knows one that comes again by instance and seq.
   */
  read(page: RecordPage): Promise<void>
}

/** Keeps records until they were read: a part of a log. Rejects as an `EventLog` does. */
export interface RecordSource {
  /**
   * Makes these the readers, by their names. A new one gets what comes after this; one that is not named any more is forgotten, and
   * holds nothing back.
   */
  setReaders(names: readonly string[]): Promise<void>
  /** The instances of which a reader has not read all. */
  unread(reader: string): Promise<readonly { readonly roomId: string; readonly instance: string }[]>
  /** What a reader reads next of an instance; undefined where it has read all, or the instance is not kept. */
  nextPage(reader: string, roomId: string, instance: string): Promise<RecordPage | undefined>
  /** Saves how far a reader has read. What all readers have read is held back no longer. */
  savePosition(reader: string, roomId: string, instance: string, seq: number): Promise<void>
}

/** How long records are held back for readers, at most. Past either bound a reader has a gap. */
export const HELD_BACK = {
  /** Of their JSON, of one instance. */
  bytes: 16 * 1024 * 1024,
  /** Milliseconds since they happened. */
  ms: 24 * 3600 * 1000,
} as const

/** How many records make a page, at most. */
export const PAGE_RECORDS = 200

/** The page that begins after a position: `records` are the next ones that are kept, `last` is the last seq of the instance. */
export function pageAfter(
  place: Pick<RecordPage, 'roomId' | 'instance'>,
  position: number,
  records: readonly StoredRecord[],
  last: number,
): RecordPage | undefined {
  if (position >= last) return undefined
  const first = records[0]?.seq ?? last + 1
  const gap = first > position + 1 ? { gap: { from: position + 1, to: first - 1 } } : {}
  return { ...place, records, ...gap }
}

/** The position of a reader that has read a page. */
export const endOf = ({ records, gap }: RecordPage): number => records.at(-1)?.seq ?? gap?.to ?? 0
