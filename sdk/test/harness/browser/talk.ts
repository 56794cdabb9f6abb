import type { LiveStreamClient } from '../../../src/index'

/** What a participant that keeps talking has said so far. */
export type Talk = {
  /** Texts, in order. */
  readonly said: readonly string[]
  /** Those whose promise resolved: the server has them. */
  readonly kept: readonly string[]
  /** Those whose promise rejected, with the code. */
  readonly failed: readonly string[]
  /** Says no more, and waits until every promise has ended. */
  stop(): Promise<void>
}

/** Says something at a steady rate, whatever becomes of it. Runs in pages too, so it must not use anything from outside. */
export function startTalk(client: LiveStreamClient, name: string): Talk {
  // Five a second are allowed each, twenty to a room.
  const EVERY_MS = 400
  const said: string[] = []
  const kept: string[] = []
  const failed: string[] = []
  const sends: Promise<void>[] = []
  const say = async (text: string) => {
    said.push(text)
    await client.chat.send(text).then(
      () => kept.push(text),
      (error: { code: string }) => failed.push(`${text}: ${error.code}`),
    )
  }
  const timer = setInterval(() => sends.push(say(`${name} ${said.length}`)), EVERY_MS)
  const stop = async () => {
    clearInterval(timer)
    await Promise.all(sends)
  }
  return { said, kept, failed, stop }
}

/** Everything that a room's log has of its chat, in order. */
export async function allTexts(client: LiveStreamClient): Promise<string[]> {
  const texts: string[] = []
  let before: string | undefined
  for (;;) {
    const page = await client.chat.history({ limit: 100, ...(before === undefined ? {} : { before }) })
    texts.unshift(...page.messages.map(({ text }) => text))
    before = page.messages[0]?.id
    if (!page.hasMore || before === undefined) return texts
  }
}
