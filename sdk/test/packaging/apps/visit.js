import { LiveStreamClient } from '@peerstage/sdk'
import { PROTOCOL_VERSION } from '@peerstage/sdk/protocol'

/** Joins a room, says hello and leaves. Answers with a sentence. */
export async function visit(url) {
  const client = new LiveStreamClient({ url, room: 'packaging', name: 'Ada' })
  await client.join()
  await client.chat.send('hello')
  const { text } = client.getState().messages.at(-1)
  await client.leave()
  return `said ${text}, protocol ${PROTOCOL_VERSION}, ${client.getState().status}`
}
