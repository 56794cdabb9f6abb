import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A developer's own site, on an origin of its own: one page with a script tag, and nothing else. */
export class StaticSite {
  readonly url: string
  readonly #server: Server

  /** `sdk`: where the script tag points. */
  static async serve(sdk: string): Promise<StaticSite> {
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>room</title><script src="${sdk}"></script>`
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end(html)
    })
    server.listen(0, 'localhost')
    await once(server, 'listening')
    return new StaticSite(server)
  }

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://localhost:${(server.address() as AddressInfo).port}/`
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
