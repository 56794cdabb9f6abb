// Opens pages that hold a MediaPage, without a server: the browser takes http://localhost for a safe place.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'

const ENTRY = fileURLToPath(new URL('./media-page.ts', import.meta.url))

let bundle: Promise<string> | undefined

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

export type MediaPageOptions = {
  /** Another tab of the same window gets the same context. */
  context?: BrowserContext
  title?: string
  /** Runs in the page once it is loaded. Playwright's `evaluate` counts as a touch of the page; this does not. */
  onLoad?: () => void
}

export async function openMediaPage(browser: Browser, options: MediaPageOptions = {}): Promise<Page> {
  const context = options.context ?? (await browser.newContext())
  const tab = await context.newPage()
  // Bounds a hang; vitest's own limit comes later.
  tab.setDefaultTimeout(100_000)
  const body = await mediaHtml(options)
  await tab.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body }))
  await tab.goto('http://localhost/')
  return tab
}

/** A MediaPage in a frame, with that frame's `allow`. */
export async function openMediaFrame(browser: Browser, allow: string): Promise<Frame> {
  const context = await browser.newContext()
  const tab = await context.newPage()
  tab.setDefaultTimeout(100_000)
  const inner = await mediaHtml({})
  const outer = `<!doctype html><title>Around</title><iframe name="media" src="/media" allow="${allow}"></iframe>`
  await tab.route('http://localhost/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: route.request().url().endsWith('/media') ? inner : outer }),
  )
  await tab.goto('http://localhost/')
  const frame = tab.frame('media')
  if (!frame) throw new Error('the frame did not open')
  return frame
}

async function mediaHtml({ title = 'Media', onLoad }: MediaPageOptions): Promise<string> {
  bundle ??= bundled()
  const script = (await bundle).replaceAll('</script', '<\\/script')
  const loaded = onLoad ? `(${onLoad})()` : ''
  return `<!doctype html><title>${title}</title><body><button>Hear</button><script>${script};${loaded}</script>`
}
