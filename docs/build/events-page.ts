import { code, generatedFrom, page, table } from './markdown'
import { commentsOf, type Member } from './source-comments'

const SOURCE = 'sdk/src/events.ts'

/** The events of a client, from the doc lines of their type. An event without one fails the build of the page. */
export function eventsPage(): string {
  const events = commentsOf(SOURCE).get('LiveStreamEvents')?.members
  if (events === undefined || events.size === 0) throw new Error(`${SOURCE} declares no LiveStreamEvents.`)
  return page(
    generatedFrom(SOURCE),
    '# Events',
    INTRODUCTION,
    table(
      ['event', 'payload', 'when'],
      [...events].map(([name, event]) => [code(name), code(payloadOf(event)), meaningOf(name, event)]),
    ),
    EXAMPLE,
    'What a screen shows comes from `client.state`; see [the life of a room](room-life.md). Errors in payloads: [errors](errors.md).',
  )
}

const INTRODUCTION = `\`client.on(name, listener)\` calls back at each event; its return value ends that. A payload is always one object. What an event tells
of is in \`client.state\` already when it comes. \`client.on('*', …)\` gets all of them, as \`{ name, payload }\`. A listener that throws
stops nobody else.`

const EXAMPLE = `\`\`\`ts
const stop = client.on('message', ({ message, isOwn }) => {
  if (!isOwn) console.log(\`\${message.name}: \${message.text}\`)
})
client.on('*', ({ name, payload }) => console.debug(name, payload))
stop()
\`\`\``

const payloadOf = ({ source }: Member): string =>
  source
    .replace(/\s*\n\s*/g, '; ')
    .replace(/^\{; /, '{ ')
    .replace(/; \}$/, ' }')

function meaningOf(name: string, { text }: Member): string {
  if (text === '') throw new Error(`The event ${name} has no doc line in ${SOURCE}.`)
  return text
}
