// Clients that never join: prejoin screens, forged tokens, bad hellos, sockets that stop halfway.
import { connect } from 'node:net'
import { SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { BAD_HELLOS } from '../harness/hostile-inputs'
import { connectRaw, UPGRADE_HEADERS } from '../harness/raw-upgrade'
import { oneOf, pause, weighted } from './random'
import { SimulatedUser, type UserRun } from './simulated-user'

type FailedJoin = (run: UserRun) => Promise<void>

const hold: FailedJoin = async (run) => {
  const { client } = await SimulatedUser.join(run, { intent: 'hold' })
  await client.next('held')
  await pause(0, 1000)
  client.socket.close(1001)
  await client.closed
}
const forgeToken: FailedJoin = async (run) => {
  const { client } = await SimulatedUser.join(run, { token: 'eyJhbGciOiJub25lIn0.e30.' })
  run.tally.closed(await client.closed)
}
const sendBadHello: FailedJoin = async ({ url, room, tally }) => {
  const [, protocols = []] = oneOf(BAD_HELLOS) ?? []
  const { close } = await connectRaw(url, `/v1/rooms/${room}`, [SUBPROTOCOL, ...protocols])
  tally.closed(close)
}
const stopHalfway: FailedJoin = async ({ url, room }) => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  const headers = Object.entries(UPGRADE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = `GET /v1/rooms/${room} HTTP/1.1\r\nhost: ${hostname}\r\n${headers.join('')}\r\n`
  socket.write(request.slice(0, Math.floor(Math.random() * request.length)))
  await pause(0, 500)
  socket.destroy()
}

/** One of them, chosen at random. */
export const failToJoin: FailedJoin = async (run) => {
  const [name, failedJoin] = weighted<[string, FailedJoin]>([
    [3, ['hold', hold]],
    [2, ['forged token', forgeToken]],
    [2, ['bad hello', sendBadHello]],
    [2, ['half a request', stopHalfway]],
  ])
  run.tally.note(`failed join: ${name}`)
  await failedJoin(run)
}
