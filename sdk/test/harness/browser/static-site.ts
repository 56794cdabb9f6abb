import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page with a script tag, and nothing else. */
export const barePage = (sdk: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>room</title><script src="${sdk}"></script>`

/** A developer's own site, on an origin of its own: the same page at every path. */
export class StaticSite {
  readonly url: string
  readonly #server: Server

  static async serve(html: string, host = 'localhost'): Promise<StaticSite> {
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end(html)
    })
    server.listen(0, host)
    await once(server, 'listening')
    return new StaticSite(server, host)
  }

  private constructor(server: Server, host: string) {
    this.#server = server
    this.url = `http://${host}:${(server.address() as AddressInfo).port}/`
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
