import { beforeEach } from 'vitest'
import type { RoomLog } from '../../src/ports/room-log'
import { LogWriter } from './log-writer'

/** A log of a kind, with the time by which it goes. */
export type OpenedLog = { readonly log: RoomLog; readonly now: () => number; readonly advance: (ms: number) => void }

export const BAN = { id: 'ban-1', identity: 'eve', name: 'Eve', at: 5 }

export const seqs = (events: readonly { seq: number }[] | undefined) => events?.map((each) => each.seq)
export const texts = (messages: readonly { text: string }[]) => messages.map((each) => each.text)

/** An empty log for each test of a suite, and how to write into it. */
export function useLog(open: () => OpenedLog) {
  let opened: OpenedLog
  beforeEach(() => {
    opened = open()
    return () => opened.log.close()
  })
  const now = () => opened.now()
  const writer = (roomId = 'hall', instance = 'first') => new LogWriter(opened.log, roomId, instance, now)
  return {
    get log() {
      return opened.log
    },
    now,
    advance: (ms: number) => opened.advance(ms),
    writer,
    /** An open room with Ada in it: two records. */
    async hall(roomId?: string, instance?: string) {
      const room = writer(roomId, instance)
      await room.open()
      await room.join('ada')
      return room
    },
  }
}
