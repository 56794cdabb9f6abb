import { GOODBYES, type GoodbyeCode, REJECTIONS, type RejectionCode } from '@peerstage/sdk/protocol'
import type { ErrorCode, LocalErrorCode } from '../../sdk/src/errors'
import { LOCAL, RETRIES, TEXTS } from './error-texts'
import { code, generatedFrom, page, table } from './markdown'

/** Every code that an app can meet, from the protocol's tables and the texts beside this file. */
export function errorsPage(): string {
  return page(
    generatedFrom('the tables of sdk/src/protocol/errors.ts and docs/build/error-texts.ts'),
    '# Errors',
    INTRODUCTION,
    '## What ends a connection',
    `The last column says whether the client goes on by itself; see [reconnecting](reconnecting.md). A first \`join()\` rejects with what is not
tried again, and with \`timeout\` where trying again did not help in time. Once joined, a final code ends the room: \`state.status\` is
\`left\`, its \`reason\` is the code.`,
    table(
      ['code', 'meaning', 'who sees it', 'what to do', 'tries again'],
      keysOf(GOODBYES).map((name) => [...words(name), RETRIES[GOODBYES[name].retry]]),
    ),
    '## What a call is refused with',
    'The connection stays. Each call also tells its failure by the event `commandFailed`.',
    ANY_VERB,
    table(
      ['code', 'meaning', 'who sees it', 'what to do', 'retryable'],
      keysOf(REJECTIONS).map((name) => [...words(name), yesOrNo(REJECTIONS[name])]),
    ),
    '## What this side finds out by itself',
    'Options, tokens, devices and links: the server is not asked.',
    table(
      ['code', 'meaning', 'who sees it', 'what to do', 'retryable'],
      keysOf(LOCAL).map((name) => [...words(name), yesOrNo(LOCAL[name].retryable)]),
    ),
    SERVER,
  )
}

const INTRODUCTION = `The SDK throws and rejects with one class, \`LiveStreamError\`. Codes are stable; messages are sentences for people, and may change.

\`\`\`ts
import { LiveStreamError } from '@peerstage/sdk'

try {
  await client.join()
} catch (error) {
  if (!(error instanceof LiveStreamError)) throw error
  show(error.userAction ?? error.message)            // userAction: what a person can do about it
  if (error.retryable) offerToTryAgain(error.retryAfterMs)
}
\`\`\`

- \`retryable\`: the same call may succeed later, unchanged. \`retryAfterMs\`: not before that.
- \`cause\`: what the browser or your own function threw.
- A promise of a verb may be ignored: nothing crashes, and \`client.on('commandFailed', …)\` hears of it.`

const ANY_VERB = `Any verb that asks the server may fail with \`not_joined\`, \`unavailable\`, \`outbox_full\`, \`rate_limited\`, \`forbidden\`, \`invalid\`,
\`payload_too_large\` or \`internal\`; and, where the room is left before the answer, with \`aborted\` or with the code that ended it. What the
verbs add to these is in their comments. Only \`chat.send\` never fails with \`rate_limited\`: it waits.`

const SERVER = `## In the server

\`createPeerstageServer\`, \`listen\` and the command line throw \`ConfigError\`. Its \`problems\` name each wrong option and what it must be, never
its value. The command line prints them and exits with 2. \`tokens.sign\` throws \`TokenOptionError\` where an
\`option\` is none that a token may have (a room id with a blank): where that comes from a request, answer 400 with its \`message\`. It throws \`TypeError\`
(public keys only) or \`RangeError\` (no secret, or one of less than 32 bytes) where the server is set up wrongly. A log of your own throws \`LogUnavailable\` when it cannot append: commands
are then answered \`unavailable\`.

The HTTP endpoints answer \`{ "error": { "code", "message" } }\`: 400 \`invalid\`, 401 \`unauthorized\`, 403 \`forbidden\` (what dev mode
serves to its own machine only), 404 \`room_not_found\` or \`not_found\`, 409 \`room_ended\`, 503 \`unavailable\`, 500 \`internal\`. A WebSocket gets
a bare 503 when there are too many of all; one of an address with too many hears \`busy\`, and in a flood a bare 429.`

const words = (name: ErrorCode): string[] => {
  const { meaning, seenBy, whatToDo } = TEXTS[name]
  return [code(name), meaning, seenBy, whatToDo]
}

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no')

const keysOf = <K extends GoodbyeCode | RejectionCode | LocalErrorCode>(record: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(record) as K[]
