import { code, generatedFrom, page, table } from './markdown'
import { SLICES_FOLDER, sliceTypes } from './slices'
import { type Commented, commentsOf, type Member } from './source-comments'

const SOURCE = 'sdk/src/events/events.ts'

/** The events of a client, from the doc lines of their types. An event without a doc line fails the build of the page. */
export function eventsPage(): string {
  const ofClient = commentsOf(SOURCE).get('ClientEvents')
  if (ofClient === undefined || ofClient.members.size === 0) throw new Error(`${SOURCE} declares no ClientEvents.`)
  const events = [ofClient, ...sliceTypes('Events')].flatMap(({ members }: Commented) => [...members])
  return page(
    generatedFrom(`${SOURCE} and ${SLICES_FOLDER}`),
    '# Events',
    INTRODUCTION,
    table(
      ['event', 'payload', 'when'],
      events.map(([name, event]) => [code(name), code(payloadOf(event)), meaningOf(name, event)]),
    ),
    EXAMPLE,
    'Build the screen from `client.state`; see [the life of a room](room-life.md). For errors in payloads see [errors](errors.md).',
  )
}

const INTRODUCTION = `\`client.on(name, listener)\` calls the listener at each event and returns a function that removes it. A payload is always one object.
\`client.state\` already has the change when the event comes. \`client.on('*', …)\` gets all events, as \`{ name, payload }\`. If a listener throws,
the others are called all the same.`

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
  if (text === '') throw new Error(`The event ${name} has no doc line.`)
  return text
}
