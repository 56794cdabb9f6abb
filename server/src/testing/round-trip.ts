import type { WebSocket } from 'ws'

const MARK = 'peerstage-testing:'
/** Real time in ms. A peer that does not answer within it counts as dead. */
const ANSWER_MS = 1000

let asked = 0

/** Whether a pong answers a ping of the proxy, not of the other end. */
export const isOurs = (data: Buffer): boolean => data.toString().startsWith(MARK)

/** Pings a socket after everything that was sent before. False when it does not answer in time, or closes. */
export function roundTrip(socket: WebSocket, ask: (marker: string) => void): Promise<boolean> {
  const marker = `${MARK}${asked++}`
  return new Promise((resolve) => {
    const over = (hasAnswered: boolean) => {
      clearTimeout(timer)
      socket.off('pong', heard).off('close', gone)
      resolve(hasAnswered)
    }
    const heard = (data: Buffer) => {
      if (data.toString() === marker) over(true)
    }
    const gone = () => over(false)
    const timer = setTimeout(gone, ANSWER_MS)
    socket.on('pong', heard).once('close', gone)
    ask(marker)
  })
}
