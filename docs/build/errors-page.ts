import { GOODBYES, type GoodbyeCode, REJECTIONS, type RejectionCode } from '@peerstage/sdk/protocol'
import type { ErrorCode, LocalErrorCode } from '../../sdk/src/errors'
import { LOCAL, RETRIES, TEXTS } from './error-texts'
import { code, generatedFrom, page, table } from './markdown'

/** Every code that an app can get, from the protocol's tables and the texts beside this file. */
export function errorsPage(): string {
  return page(
    generatedFrom('the tables of sdk/src/protocol/errors.ts and docs/build/error-texts.ts'),
    '# Errors',
    INTRODUCTION,
    '## What ends a connection',
    `The last column says whether the client tries again by itself; see [reconnecting](reconnecting.md). A first \`join()\` rejects with a code that is not
tried again, or with \`timeout\` if trying again did not succeed in time. After joining, a final code ends the session: \`state.status\` is
\`left\`, its \`reason\` is the code.`,
    table(
      ['code', 'meaning', 'who sees it', 'what to do', 'tries again'],
      keysOf(GOODBYES).map((name) => [...words(name), RETRIES[GOODBYES[name].retry]]),
    ),
    '## What a call is rejected with',
    'The connection stays. Each failed call also emits the event `commandFailed`, except one that fails with `aborted`.',
    ANY_VERB,
    table(
      ['code', 'meaning', 'who sees it', 'what to do', 'retryable'],
      keysOf(REJECTIONS).map((name) => [...words(name), yesOrNo(REJECTIONS[name])]),
    ),
    '## What this side finds out by itself',
    'Options, tokens, devices and links, without asking the server.',
    table(
      ['code', 'meaning', 'who sees it', 'what to do', 'retryable'],
      keysOf(LOCAL).map((name) => [...words(name), yesOrNo(LOCAL[name].retryable)]),
    ),
    SERVER,
  )
}

const INTRODUCTION = `The SDK throws and rejects with one class, \`LiveStreamError\`. Codes are stable; messages are for people and may change.

\`\`\`ts
import { LiveStreamError } from '@peerstage/sdk'

try {
  await client.join()
} catch (error) {
  if (!(error instanceof LiveStreamError)) throw error
  show(error.text)                                   // what happened, and what a person can do
  if (error.retryable) offerToTryAgain(error.retryAfterMs)
}
\`\`\`

- \`retryable\`: the same call may succeed later, but not before \`retryAfterMs\`.
- \`cause\`: the error of the browser or of your own function.
- You may ignore the promise of a call: this causes no unhandled rejection, and \`client.on('commandFailed', …)\` gets the error.`

const ANY_VERB = `Any call that asks the server may fail with \`not_joined\`, \`unavailable\`, \`outbox_full\`, \`rate_limited\`, \`forbidden\`, \`invalid\`,
\`payload_too_large\` or \`internal\`; and, if the room is left before the answer, with \`aborted\` or with the code that ended it. The comments of the
methods list further codes. Only \`chat.send\` never fails with \`rate_limited\`: it waits.`

const SERVER = `## In the server

\`createPeerstageServer\`, \`listen\` and the command line throw \`ConfigError\`. Its \`problems\` name each wrong option and the allowed values, never
its value. The command line prints them and exits with 2. \`tokens.sign\` throws \`TokenOptionError\` if an
\`option\` is invalid, such as a room id with a blank: if the value comes from a request, answer 400 with the error's \`message\`. It throws \`TypeError\`
(public keys only) or \`RangeError\` (no secret, or one of less than 32 bytes) if the server is configured wrongly. A log of your own throws \`LogUnavailable\` when it cannot append: the server
then answers commands with \`unavailable\`.

The HTTP endpoints answer \`{ "error": { "code", "message" } }\`: 400 \`invalid\`, 401 \`unauthorized\`, 403 \`forbidden\` (what dev mode
serves to its own machine only), 404 \`room_not_found\` or \`not_found\`, 409 \`room_ended\`, 503 \`unavailable\`, 500 \`internal\`. A WebSocket gets
a plain 503 if the process has too many; if its address has too many it gets \`busy\`, and in a flood a plain 429.`

const words = (name: ErrorCode): string[] => {
  const { meaning, seenBy, whatToDo } = TEXTS[name]
  return [code(name), meaning, seenBy, whatToDo]
}

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no')

const keysOf = <K extends GoodbyeCode | RejectionCode | LocalErrorCode>(record: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(record) as K[]
