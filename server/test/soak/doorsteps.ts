// Who never comes in: prejoin screens, forged tokens, bad hellos, sockets that stop halfway.
import { connect } from 'node:net'
import { SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { BAD_HELLOS } from '../harness/hostile-inputs'
import { connectRaw, UPGRADE_HEADERS } from '../harness/raw-upgrade'
import { oneOf, pause, weighted } from './chance'
import { type Visit, Visitor } from './visitor'

type Doorstep = (visit: Visit) => Promise<void>

const hold: Doorstep = async (visit) => {
  const { client } = await Visitor.come(visit, { intent: 'hold' })
  await client.next('held')
  await pause(0, 1000)
  client.socket.close(1001)
  await client.closed
}
const forge: Doorstep = async (visit) => {
  const { client } = await Visitor.come(visit, { token: 'eyJhbGciOiJub25lIn0.e30.' })
  visit.tally.closed(await client.closed)
}
const mumble: Doorstep = async ({ url, room, tally }) => {
  const [, protocols = []] = oneOf(BAD_HELLOS) ?? []
  const { close } = await connectRaw(url, `/v1/rooms/${room}`, [SUBPROTOCOL, ...protocols])
  tally.closed(close)
}
const stopHalfway: Doorstep = async ({ url, room }) => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  const headers = Object.entries(UPGRADE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = `GET /v1/rooms/${room} HTTP/1.1\r\nhost: ${hostname}\r\n${headers.join('')}\r\n`
  socket.write(request.slice(0, Math.floor(Math.random() * request.length)))
  await pause(0, 500)
  socket.destroy()
}

/** One of them, by chance. */
export const comeNoFurther: Doorstep = async (visit) => {
  const [name, doorstep] = weighted<[string, Doorstep]>([
    [3, ['hold', hold]],
    [2, ['forged token', forge]],
    [2, ['bad hello', mumble]],
    [2, ['half a request', stopHalfway]],
  ])
  visit.tally.note(`at the door: ${name}`)
  await doorstep(visit)
}
