import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { SigningPair } from './signing-keys'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A JWKS endpoint over real HTTP. The test sets its answer; it counts its requests. */
export type JwksEndpoint = {
  readonly url: string
  readonly asked: () => number
  /** Sets the keys of all later answers. */
  publish(...pairs: SigningPair[]): void
  /** Sets all later answers, valid or not. */
  answer(answer: Answer): void
}

export async function jwksEndpoint(...pairs: SigningPair[]): Promise<JwksEndpoint> {
  let asked = 0
  let answer: Answer = () => {}
  const server = createServer((request, response) => {
    asked++
    answer(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const publish = (...current: SigningPair[]) => {
    const text = JSON.stringify({ keys: current.map(({ jwk }) => jwk) })
    answer = (response) => response.setHeader('content-type', 'application/json').end(text)
  }
  publish(...pairs)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    asked: () => asked,
    publish,
    answer(next) {
      answer = next
    },
  }
}
