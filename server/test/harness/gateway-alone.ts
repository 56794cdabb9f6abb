import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { onTestFinished } from 'vitest'
import { Gateway, type GatewayPorts } from '../../src/gateway/gateway'
import { FakeClock } from './fake-clock'
import { TestClient } from './test-client'

/** A receiver that ignores all calls of the gateway. */
const SILENT = {
  meter: { command: () => {}, rejection: () => {}, resume: () => {}, batch: () => () => {} },
  logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
}

/** A gateway on a free port without rooms: the test answers its calls to the rooms and to the verification of tokens. */
export async function gatewayAlone(parts: Partial<GatewayPorts> & Pick<GatewayPorts, 'verify' | 'submit'>) {
  let ids = 0
  const gateway = new Gateway({
    ...SILENT,
    roomsPath: '/v1/rooms/',
    clock: new FakeClock(),
    newId: () => `c${++ids}`,
    roleWithoutToken: undefined,
    mayConnect: () => true,
    peerAddress: ({ socket }) => socket.remoteAddress,
    addressLabel: () => ({}),
    quota: { maxSockets: 10, maxSocketsPerAddress: 10, maxVerifying: 2 },
    maxHolds: 10,
    limits: DEFAULT_LIMITS,
    iceServers: [],
    turn: undefined,
    ...parts,
  })
  const server = createServer()
  gateway.attach(server, 'own')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await Promise.all([gateway.drain(0), new Promise((resolve) => server.close(resolve))])
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { gateway, url, connect: () => new TestClient(url, 'hall', { token: 'some token' }) }
}
