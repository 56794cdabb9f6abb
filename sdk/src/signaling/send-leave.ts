import type { Clock } from '../ports/clock'
import type { ServerMessage } from '../protocol'
import type { Connection } from './connection'

/** How long to wait for the server's answer to `leave`. */
const LEAVE_ANSWER_MS = 1_000

/**
 * Sends `leave`, waits at most a second for the answer, and closes the connection. All other messages are ignored.
 *
 * @param commandId the number of the leave command; undefined on a connection that has no welcome yet. The server may give
 * it a seat just after it is closed, and would keep that seat for a minute. So this waits for the welcome, then sends `leave`.
 * After `held`, or a welcome that must be confirmed, there is no seat to give up.
 */
export function sendLeave(connection: Connection, commandId: number | undefined, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    let awaited = commandId
    let cancel = () => {}
    const done = () => {
      cancel()
      connection.close()
      resolve()
    }
    const leave = (id: number) => {
      awaited = id
      connection.send({ type: 'leave', id })
      cancel = clock.after(LEAVE_ANSWER_MS, done)
    }
    const take = (message: ServerMessage) => {
      const isAnswer = message.type === 'reply' && message.re === awaited
      if (isAnswer || message.type === 'goodbye' || message.type === 'held') done()
      if (message.type !== 'welcome' || commandId !== undefined) return
      if (message.confirm) return done()
      connection.welcomed(message.limits.maxFrameBytes)
      leave(message.lastCommandId + 1)
    }
    if (!connection.isOpen) return done()
    connection.handOver({ opened: () => {}, messages: (messages) => messages.forEach(take), ended: done })
    if (commandId !== undefined) leave(commandId)
  })
}
