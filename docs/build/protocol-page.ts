import { deepStrictEqual } from 'node:assert'
import {
  CHAT_KEPT,
  type ClientMessage,
  clientMessage,
  DEFAULT_LIMITS,
  decodeClientFrame,
  decodeHello,
  decodeServerFrame,
  encodeHello,
  encodeMessage,
  GOODBYES,
  HELLO_PREFIX,
  joinFrame,
  MAX_FRAME_MESSAGES,
  MAX_HELLO_CHARACTERS,
  PROTOCOL_FLOOR,
  PROTOCOL_VERSION,
  ROOMS_PATH,
  roomEvent,
  type ServerMessage,
  SUBPROTOCOL,
  serverMessage,
} from '@peerstage/sdk/protocol'
import { messagesIn, nameOf, nodeOf, type SchemaNode } from '../../sdk/test/harness/schema-node'
import { RETRIES } from './error-texts'
import { code, generatedFrom, json, page, table } from './markdown'
import { DOWN, EVENTS, HELLO, UP } from './protocol-examples'
import { type Entry, entryNamed, entryOf } from './schema-catalog'
import { isOptional, SCALARS, SHARED, typeText } from './schema-text'

/** The protocol as a page: from the schemas that both ends use, with examples that went through their codec. */
export function protocolPage(): string {
  return page(
    generatedFrom('the schemas in sdk/src/protocol'),
    '# The protocol',
    INTRODUCTION,
    ...helloSection(),
    '## From the client',
    'A command has an `id` and gets exactly one `reply`. Other messages get no answer. A message with an unknown key or type is bad.',
    ...messagesIn(nodeOf(clientMessage)).flatMap((node) => section(node, upExample(nameOf(node)))),
    '## From the server',
    'A client ignores keys and messages that it does not know.',
    ...messagesIn(nodeOf(serverMessage)).flatMap((node) => section(node, downExample(nameOf(node)))),
    '## Events of a room',
    'The `event` of a logged event. An unknown event changes nothing, but its `seq` counts.',
    ...messagesIn(nodeOf(roomEvent)).flatMap((node) => section(node, eventExample(nameOf(node)))),
    '## Words and numbers',
    table(
      ['name', 'what it may be', 'meaning'],
      SCALARS.map(entryNamed).map(({ name, node, text }) => [code(name), typeText(node, true), text]),
    ),
    '## Shapes',
    ...SHARED.filter((name) => name !== 'limits')
      .map(entryNamed)
      .flatMap(shape),
    ...closingSections(),
  )
}

const INTRODUCTION = `JSON over a WebSocket. Apps do not need this page, because the SDK implements it. It is for authors of other clients, and for reading a trace.

- A room is at ${code(`wss://host${ROOMS_PATH}{roomId}`)}. Nothing secret is in the URL.
- The client offers two subprotocols, ${code(SUBPROTOCOL)} and ${code(`${HELLO_PREFIX}<hello>`)}; the server answers with the first one only.
- A frame is text: a JSON array of one or more messages, at most ${DEFAULT_LIMITS.maxFrameBytes} bytes of UTF-8; from the client at most ${MAX_FRAME_MESSAGES} messages.
- The first frame from the server is \`welcome\`, \`held\` or \`goodbye\`. The client answers a \`welcome\` with \`confirm\` by \`join\`. After a \`goodbye\` the server closes.
- This is version ${PROTOCOL_VERSION}; the oldest supported version is ${PROTOCOL_FLOOR}.
- The server pings each 15 s. The client's \`heartbeat\` is its own watchdog.
- Command ids rise within a session. After a reconnect the client sends commands without a reply again, with the same id, and the server executes them once.`

function helloSection(): string[] {
  deepStrictEqual(decodeHello(encodeHello(HELLO)), HELLO)
  const { node, text, members } = entryNamed('hello')
  return [
    '## The hello',
    `${text}\n\nIt is UTF-8 JSON as base64url without padding, at most ${MAX_HELLO_CHARACTERS} characters.`,
    fieldTable(node, members),
    json(HELLO),
  ]
}

/** A message: what it is, its fields, an example. */
function section(node: SchemaNode, example: unknown): string[] {
  const entry = documented(node)
  return [`### ${titleOf(nameOf(node))}`, entry.text, ...fields(node, entry), json(example)]
}

/** The two shapes of a reply stand inside one schema. */
function documented(node: SchemaNode): Entry {
  const entry = entryOf(node) ?? entryNamed('reply')
  if (entry.text === '') throw new Error(`The schema ${entry.name} has no comment that says what it is.`)
  return entry
}

const titleOf = (name: string): string =>
  name === 'reply true' ? 'reply, yes' : name === 'reply false' ? 'reply, no' : name

function fields(node: SchemaNode, { members }: Entry): string[] {
  const hasFields = Object.keys(node.entries ?? {}).some((name) => name !== 'type')
  return hasFields ? [fieldTable(node, members)] : []
}

function fieldTable({ entries = {} }: SchemaNode, members: Entry['members']): string {
  const rows = Object.entries(entries)
    .filter(([name]) => name !== 'type')
    .map(([name, field]) => [
      code(name) + (isOptional(field) ? ' (optional)' : ''),
      typeText(field),
      members.get(name)?.text || (USUAL[name] ?? ''),
    ])
  return table(['field', 'type', 'meaning'], rows)
}

/** What fields mean that many messages have, where the schema says nothing else. */
const USUAL: Readonly<Record<string, string>> = {
  id: 'Of a command: the `re` of its reply. Otherwise the id of the object.',
  participantId: 'The participant.',
  messageId: 'The chat message.',
  banId: 'The ban.',
  re: 'The `id` of the command.',
  seq: 'The number of an event in the log.',
  instance: 'The id of this opening of the room.',
}

function shape({ name, node, text, members }: Entry): string[] {
  const what = node.type === 'object' || node.type === 'strict_object' ? fieldTable(node, members) : bullets(node)
  return [`### ${name}`, ...(text === '' ? [] : [text]), what]
}

const bullets = (node: SchemaNode): string =>
  messagesIn(node)
    .map((branch) => `- ${typeText(branch)}`)
    .join('\n')

function upExample(name: string): ClientMessage {
  const example = Object.values(UP).find(({ type }) => type === name)
  if (example === undefined) throw new Error(`There is no example of ${name}.`)
  deepStrictEqual(decodeClientFrame(joinFrame([encodeMessage(example)])), [{ ok: true, message: example }])
  return example
}

function downExample(name: string): ServerMessage {
  const example = (DOWN as Readonly<Record<string, ServerMessage>>)[name]
  if (example === undefined) throw new Error(`There is no example of ${name}.`)
  deepStrictEqual(decodeServerFrame(joinFrame([encodeMessage(example)])), [{ ok: true, message: example }])
  return example
}

function eventExample(name: string): unknown {
  const event = Object.values(EVENTS).find(({ type }) => type === name)
  if (event === undefined) throw new Error(`There is no example of ${name}.`)
  const message = { type: 'event', logged: { seq: 1, at: 2, by: null, event } } as const
  deepStrictEqual(decodeServerFrame(joinFrame([encodeMessage(message)])), [{ ok: true, message }])
  return event
}

function closingSections(): string[] {
  return [
    '## How a connection ends',
    'The `code` of the `goodbye`, the close code of the WebSocket after it, and what the client does then. [Errors](errors.md) explains the codes.',
    table(
      ['code', 'close code', 'the client tries again'],
      Object.entries(GOODBYES).map(([name, { close, retry }]) => [code(name), String(close), RETRIES[retry]]),
    ),
    '## Limits',
    'The `limits` of `welcome` are the limits of a server for its clients. These are the defaults; a server may set others, and limits that it does not send have these values.',
    table(
      ['limit', 'default', 'meaning'],
      Object.entries(DEFAULT_LIMITS).map(([name, value]) => [
        code(name),
        String(value),
        entryNamed('limits').members.get(name)?.text ?? '',
      ]),
    ),
    `A room keeps its newest ${CHAT_KEPT} chat messages for participants that join later.`,
  ]
}
