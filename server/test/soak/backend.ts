// An app's backend: what it asks for over HTTP, beside the sockets.
import { request } from 'node:http'
import { signToken } from '../../src/index'
import { oneOf, pause, weighted } from './random'
import { SECRET } from './settings'
import type { Tally } from './tally'

type RestCall = readonly [method: 'GET' | 'PUT' | 'POST' | 'DELETE', route: string]

const ANY: readonly (readonly [number, RestCall])[] = [
  [3, ['GET', '/v1/rooms/:room/stats']],
  [3, ['GET', '/v1/rooms/:room/chat']],
  [1, ['PUT', '/v1/rooms/:room']],
  [1, ['POST', '/v1/rooms/:room/end']],
  [1, ['DELETE', '/v1/rooms/:room']],
  [1, ['DELETE', '/v1/identities/:identity']],
  [1, ['GET', '/readyz']],
  [1, ['GET', '/nowhere']],
]

export class Backend {
  readonly #url: string
  readonly #tally: Tally
  readonly #token: Promise<string>

  constructor(url: string, tally: Tally) {
    this.#url = url
    this.#tally = tally
    this.#token = signToken({
      secret: SECRET,
      room: '*',
      identity: 'backend',
      admin: true,
      expiresInSeconds: 24 * 3600,
    })
  }

  /** Asks for this and that until it is told to stop. */
  async work(
    isOver: () => boolean,
    rooms: () => readonly string[],
    identities: () => readonly string[],
  ): Promise<void> {
    while (!isOver()) {
      const [method, route] = weighted(ANY)
      const path = route.replace(':room', oneOf(rooms()) ?? 'none').replace(':identity', oneOf(identities()) ?? 'none')
      await this.#call(method, path, `${method} ${route}`)
      await pause(0, 400)
    }
  }

  /** Erases all that is kept of a room; also a transaction, with which the log forgets what is old. */
  async erase(room: string): Promise<void> {
    await this.#call('DELETE', `/v1/rooms/${room}`, 'DELETE /v1/rooms/:room')
  }

  /** Numbers of the server's metrics; summed over the labels of a name that has none. */
  async gauges(...names: string[]): Promise<number[]> {
    const { text } = await ask(`${this.#url}/metrics`, 'GET')
    return names.map((name) => {
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    })
  }

  async #call(method: RestCall[0], path: string, route: string): Promise<void> {
    const headers = { authorization: `Bearer ${await this.#token}` }
    const { status } = await ask(this.#url + path, method, headers)
    this.#tally.status(route, status)
  }
}

/** By a socket of its own, which is gone with the answer: `fetch` keeps its sockets, and they would count as the server's. */
function ask(url: string, method: string, headers = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.once('error', reject).end()
  })
}
