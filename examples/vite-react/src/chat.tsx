import type { ChatMessage, LiveStreamClient } from '@peerstage/sdk'
import { useState } from 'react'

type Props = { client: LiveStreamClient; messages: readonly ChatMessage[] }

export function Chat({ client, messages }: Props) {
  const [draft, setDraft] = useState('')

  function send() {
    const text = draft.trim()
    if (!text) return
    setDraft('')
    // A rejected text (too long, for example) is put back for correction; `commandFailed` says why.
    client.chat.send(text).catch(() => setDraft((current) => current || text))
  }

  return (
    <section className="chat" aria-label="Chat">
      {/* It stays scrolled to the end: see the style. */}
      <div role="log" aria-label="Messages">
        <ol>
          {messages.map(({ id, name, text }) => (
            <li key={id}>
              <b>{name}</b> {text}
            </li>
          ))}
        </ol>
      </div>
      <form action={send}>
        <input
          value={draft}
          onChange={({ target }) => setDraft(target.value)}
          aria-label="Message"
          placeholder="Say something"
          autoComplete="off"
        />
        <button type="submit" className="primary">
          Send
        </button>
      </form>
    </section>
  )
}
