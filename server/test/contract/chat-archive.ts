import { describe, expect, test } from 'vitest'
import { decided } from './log-writer'
import { BAN, type OpenedLog, seqs, texts, useLog } from './opened-log'

/** What every chat archive must do, and erasing in it. `open` makes an empty one whose time a test can move. */
export function describeChatArchive(name: string, open: () => OpenedLog): void {
  describe(`${name} keeps the contract of a chat archive`, () => {
    const opened = useLog(open)
    const { hall } = opened

    describe('chat', () => {
      test('is read back page by page, the oldest of a page first [R3.14]', async () => {
        const room = await hall()
        for (let i = 1; i <= 5; i++) await room.say('ada', `m${i}`)
        const newest = await opened.log.history('hall', { instance: 'first', limit: 2 })
        expect([texts(newest.messages), newest.hasMore]).toEqual([['m4', 'm5'], true])
        const middle = await opened.log.history('hall', { instance: 'first', limit: 2, before: 'm4' })
        expect([texts(middle.messages), middle.hasMore]).toEqual([['m2', 'm3'], true])
        const oldest = await opened.log.history('hall', { instance: 'first', limit: 2, before: 'm2' })
        expect([texts(oldest.messages), oldest.hasMore]).toEqual([['m1'], false])
        expect(await opened.log.history('hall', { instance: 'first', limit: 2, before: 'unknown' })).toEqual({
          messages: [],
          hasMore: false,
        })
      })

      test('is read back as it was written', async () => {
        const room = await hall()
        await room.say('ada', 'päivää 👋\n\t<b>"\\u0000"</b>')
        const { messages } = await opened.log.history('hall', { instance: 'first', limit: 10 })
        expect(messages).toEqual(room.state?.room.messages)
      })

      test('is read of one instance, or of all [R3.14]', async () => {
        await (await hall()).say('ada', 'first')
        await (await hall('hall', 'second')).say('ada', 'second')
        await (await hall('other')).say('ada', 'elsewhere')
        expect(texts((await opened.log.history('hall', { instance: 'first', limit: 9 })).messages)).toEqual(['first'])
        expect(texts((await opened.log.history('hall', { limit: 9 })).messages)).toEqual(['first', 'second'])
        expect(texts((await opened.log.history('absent', { limit: 9 })).messages)).toEqual([])
      })

      test('gives one message with who wrote it', async () => {
        const room = await hall()
        await room.say('ada', 'mine')
        const kept = await opened.log.message('hall', 'first', 'mine')
        expect(kept).toEqual({ message: room.state?.room.messages[0], identity: 'ada' })
        expect(await opened.log.message('hall', undefined, 'mine')).toEqual(kept)
        expect(await opened.log.message('hall', 'second', 'mine')).toBeUndefined()
        expect(await opened.log.message('other', undefined, 'mine')).toBeUndefined()
        await room.delete('mine')
        expect(await opened.log.message('hall', 'first', 'mine')).toBeUndefined()
        expect(await opened.log.message('hall', undefined, 'mine')).toBeUndefined()
      })

      test('a deleted message is gone from the history, and its text from the replay; its seq stays [R3.10]', async () => {
        const room = await hall()
        await room.say('ada', 'kept', 'regretted')
        await room.delete('regretted')
        expect(texts((await opened.log.history('hall', { instance: 'first', limit: 9 })).messages)).toEqual(['kept'])
        const events = (await opened.log.since('hall', 'first', 0)) ?? []
        expect(seqs(events)).toEqual([1, 2, 3, 4, 5])
        expect(events[3]?.event).toMatchObject({ type: 'chat.sent', message: { id: 'regretted', text: '' } })
        expect((await opened.log.load('hall')).state).toEqual(room.state)
      })

      test('a message deleted in the batch that brought it leaves no text either [R3.10]', async () => {
        const room = await hall()
        const message = { id: 'm', participantId: 'p-ada', name: 'Ada', role: 'host', text: 'oops', at: 1 } as const
        await room.write(
          decided({ type: 'chat.sent', message }, 'p-ada', { author: 'ada' }),
          decided({ type: 'chat.deleted', messageId: 'm' }, 'p-ada'),
        )
        expect(JSON.stringify(await opened.log.since('hall', 'first', 0))).not.toContain('oops')
        expect((await opened.log.history('hall', { limit: 9 })).messages).toEqual([])
      })
    })

    describe('erasure', () => {
      test('erases a room: its chat, its bans, that it ended [R3.15]', async () => {
        const room = await hall()
        await room.write(decided({ type: 'room.locked' }, null, { banned: BAN }))
        await room.say('ada', 'gone')
        await (await hall('other')).say('ada', 'stays')
        await room.end('ended')
        await opened.log.forget('hall', 'first')
        await opened.log.eraseRoom('hall')
        expect(await opened.log.load('hall')).toEqual({ bans: [] })
        expect((await opened.log.history('hall', { limit: 9 })).messages).toEqual([])
        expect(texts((await opened.log.history('other', { limit: 9 })).messages)).toEqual(['stays'])
      })

      test('names and erases what an identity wrote [R3.15]', async () => {
        const room = await hall()
        await room.join('bob')
        await room.say('ada', 'hers')
        await room.say('bob', 'his')
        expect(await opened.log.messagesOf('ada')).toEqual([{ roomId: 'hall', instance: 'first', messageId: 'hers' }])
        await room.delete('hers')
        await room.leave('ada')
        await opened.log.eraseIdentity('ada')
        const replayed = JSON.stringify(await opened.log.since('hall', 'first', 0))
        expect(replayed).not.toContain('"text":"hers"')
        expect(replayed).not.toContain("ada's name")
        expect(replayed).not.toContain('"of":"ada"')
        expect(replayed).toContain("bob's name")
        expect(await opened.log.messagesOf('ada')).toEqual([])
        expect(texts((await opened.log.history('hall', { limit: 9 })).messages)).toEqual(['his'])
        expect((await opened.log.load('hall')).state).toEqual(room.state)
      })
    })
  })
}
