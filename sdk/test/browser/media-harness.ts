// Opens pages that hold a MediaPage, without a server: the browser takes http://localhost for a safe place.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'

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
  bundle ??= bundled()
  const script = (await bundle).replaceAll('</script', '<\\/script')
  const context = options.context ?? (await browser.newContext())
  const tab = await context.newPage()
  // Bounds a hang; vitest's own limit comes later.
  tab.setDefaultTimeout(100_000)
  const onLoad = options.onLoad ? `(${options.onLoad})()` : ''
  const html = `<!doctype html><title>${options.title ?? 'Media'}</title><body><button>Hear</button><script>${script};${onLoad}</script>`
  await tab.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await tab.goto('http://localhost/')
  return tab
}
