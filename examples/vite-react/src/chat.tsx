import type { ChatMessage, LiveStreamClient } from '@peerstage/sdk'
import { useState } from 'react'

type Props = { client: LiveStreamClient; messages: readonly ChatMessage[] }

export function Chat({ client, messages }: Props) {
  const [draft, setDraft] = useState('')

  function send() {
    const text = draft.trim()
    if (!text) return
    setDraft('')
    // What is refused (too long, for one) comes back to be mended; `commandFailed` says why.
    client.chat.send(text).catch(() => setDraft((current) => current || text))
  }

  return (
    <section className="chat" aria-label="Chat">
      {/* It keeps its end in sight: see the style. */}
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
