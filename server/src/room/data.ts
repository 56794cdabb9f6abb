import { utf8Bytes } from '@peerstage/sdk/protocol'
import type { CastHandlers } from './handler'
import type { Slice } from './slice'
import { rejected } from './state'

const casts: CastHandlers<'data'> = {
  data: {
    needs: 'sendData',
    to: ({ to }) => to,
    check: ({ value }, { maxDataBytes }) =>
      utf8Bytes(JSON.stringify(value)) > maxDataBytes
        ? rejected('payload_too_large', `An app message has at most ${maxDataBytes} bytes as JSON.`)
        : undefined,
    down: ({ type, value }) => ({ type, value }),
  },
}

/** The app's own messages. */
export const dataSlice = { casts } satisfies Slice
