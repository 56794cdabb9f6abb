import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP connection that says this and no more, and what it was told by the time it was closed. It ends with the test. */
export async function rawConnection(url: string, says: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  // Where something unread is cut off it is reset.
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)))
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(says)
  return { socket, answer: closed }
}
