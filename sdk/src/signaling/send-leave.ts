import type { Clock } from '../ports/clock'
import type { ServerMessage } from '../protocol'
import type { Connection } from './connection'

/** How long to wait for the server's answer to `leave`. */
const LEAVE_ANSWER_MS = 1_000

/**
 * The last words on a connection: gives the place up, waits for the answer for at most a second, and closes. Nothing that
 * the connection brings is told to anybody any more.
 *
 * @param commandId the number of the leave command; undefined on a connection that has no welcome yet. The server may give
 * it the place a moment after we hang up, and would keep that for a minute. So the welcome is awaited, then answered by `leave`;
 * one that asks to be confirmed gives nothing, nor does `held`, so nothing is given back.
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
