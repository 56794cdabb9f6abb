import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Opens a TCP connection and sends `says`. `answer` resolves, when the connection closes, to all that it received. */
export async function rawConnection(url: string, says: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  // The connection is reset when it is closed with unread data.
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)))
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(says)
  return { socket, answer: closed }
}
