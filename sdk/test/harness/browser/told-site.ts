import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'

/** What a page has told of itself. */
export type Told = { readonly path: string; readonly what: string; readonly id?: string }

/** A site whose pages tell what happens in them, for a test that must not look into them. */
export class ToldSite {
  readonly url: string
  readonly told: Told[] = []
  readonly #server: Server
  readonly #pages: ReadonlyMap<string, string>
  #release = () => {}
  readonly #released = new Promise<void>((resolve) => {
    this.#release = resolve
  })

  /** @param pages by path: what stands in the page */
  static async serve(pages: Readonly<Record<string, string>>): Promise<ToldSite> {
    const server = createServer()
    server.listen(0, 'localhost')
    await once(server, 'listening')
    return new ToldSite(server, pages)
  }

  private constructor(server: Server, pages: Readonly<Record<string, string>>) {
    this.#server = server.on('request', (request, response) => void this.#answer(request, response))
    this.#pages = new Map(Object.entries(pages))
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`
  }

  /** Lets the pages go on that have fetched `/held`. */
  release(): void {
    this.#release()
  }

  /** Waits until a page has told something, and gives its last word of it. */
  async until(path: string, what: string, count = 1): Promise<Told> {
    const found = () => this.told.filter((each) => each.path === path && each.what === what)
    await expect.poll(() => found().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
    return found().at(-1) as Told
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    if (pathname === '/told') this.told.push(Object.fromEntries(searchParams) as unknown as Told)
    if (pathname === '/held') await this.#released
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${pathname}</title>${TELL}${this.#pages.get(pathname) ?? ''}`,
    )
  }
}

const TELL = `<script>
const tell = (what, id = '') => fetch('/told?' + new URLSearchParams({ path: location.pathname, what, id }), { keepalive: true })
addEventListener('pageshow', ({ persisted }) => persisted && tell('back'))
</script>`
