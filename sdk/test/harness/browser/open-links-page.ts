import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { trimmedSimplePeer } from '../../../build/simple-peer/trimmed'
import type { LinksPage } from './links-page'

declare global {
  interface Window {
    linksPage: LinksPage
  }
}

/** A page that has `window.linksPage`. */
export async function openLinksPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage()
  // A page of its own at an address that counts as secure, without a server behind it.
  await page.route('**/*', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>links</title>' }),
  )
  await page.goto('http://links.localhost/')
  await page.addScriptTag({ content: await bundle() })
  return page
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./links-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    plugins: [trimmedSimplePeer],
  })
  return outputFiles[0]?.text ?? ''
}
