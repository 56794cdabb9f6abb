import type { ChatMessage, LiveStreamClient } from '@peerstage/sdk'

type Props = { client: LiveStreamClient; messages: readonly ChatMessage[] }

export function Chat({ client, messages }: Props) {
  function send(data: FormData) {
    const text = String(data.get('text')).trim()
    if (text) client.chat.send(text)
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
        <input name="text" aria-label="Message" placeholder="Say something" maxLength={2000} autoComplete="off" />
        <button type="submit" className="primary">
          Send
        </button>
      </form>
    </section>
  )
}
