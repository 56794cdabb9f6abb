import { type ChatHistoryResult, type ChatMessage, reject, utf8Bytes } from '@peerstage/sdk/protocol'
import type { ChatArchive, HistoryQuery } from '../ports/chat-archive'

/** Messages of a page, unless the query says how many. */
export const HISTORY_DEFAULT = 50
/** JSON of a page's messages, so that its reply fits one frame of any server (64 KiB). A message has at most some 9 KiB of it. */
const FRAMED_BYTES = 60 * 1024
/** Messages that are read at once for a page. */
const STEP = 25

/** An empty page instead would look like the end. */
export const CURSOR_GONE = reject('message_not_found', 'The message that before names is not kept any more.')

type Reading = Pick<ChatArchive, 'history' | 'message'>

/** Messages of a room; undefined where `before` is the id of none that is kept: it may have been deleted a moment ago. */
export async function chatPage(
  log: Reading,
  roomId: string,
  query: HistoryQuery,
): Promise<ChatHistoryResult | undefined> {
  const { instance, before } = query
  if (before !== undefined && (await log.message(roomId, instance, before)) === undefined) return undefined
  return log.history(roomId, query)
}

/**
 * A page as far as it fits one frame: at least one message, so that a reader makes progress. It is read in steps, because most of a long
 * page would not fit.
 */
export async function framedPage(
  log: Reading,
  roomId: string,
  { limit, ...query }: HistoryQuery,
): Promise<ChatHistoryResult | undefined> {
  const newestFirst: ChatMessage[] = []
  const page = (hasMore: boolean) => ({ messages: newestFirst.reverse(), hasMore })
  let bytes = 0
  for (let { before } = query; ; before = newestFirst.at(-1)?.id) {
    const step = {
      ...query,
      limit: Math.min(STEP, limit - newestFirst.length),
      ...(before === undefined ? {} : { before }),
    }
    const part = await chatPage(log, roomId, step)
    if (part === undefined) return newestFirst.length === 0 ? undefined : page(true)
    for (const message of part.messages.toReversed()) {
      bytes += utf8Bytes(JSON.stringify(message)) + 1
      if (bytes > FRAMED_BYTES && newestFirst.length > 0) return page(true)
      newestFirst.push(message)
    }
    if (newestFirst.length === limit || !part.hasMore) return page(part.hasMore)
  }
}
