// The Chromium that the browser benches drive, with the tests' launcher, and the pages in it.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { inRepository } from '../../server/bench/harness/repository'
import { ensureBrowser, launch } from '../test/harness/browser/ensure-browser'

/** Pictures come often, so that a first one is not late by the time between two. */
const ARGS = ['--use-fake-device-for-media-stream=fps=60']

export type BenchBrowser = { readonly browser: Browser; readonly address: string }

let version: string | undefined
/** The version of the browser that was driven, if there was one. */
export const usedChromium = (): string | undefined => version

/** Chromium, and an address on this machine whose pages are empty: pages from elsewhere may not connect to this machine. */
export async function withBrowser<Result>(run: (opened: BenchBrowser) => Promise<Result>): Promise<Result> {
  const site = createServer((_request, response) => response.end('<!doctype html><title>bench</title>'))
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
  const browser = await launch('chromium', await ensureBrowser('chromium'), { autoplay: 'allowed', args: ARGS })
  version = browser.version()
  try {
    return await run({ browser, address })
  } finally {
    await browser.close()
    site.close()
  }
}

/** A page with these scripts, in a context and a window of its own. Closing its context closes it. */
export async function openPage({ browser, address }: BenchBrowser, scripts: readonly string[]): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.on('pageerror', (error) => process.stderr.write(`a page of the bench: ${error.message}\n`))
  await page.goto(address)
  for (const content of scripts) await page.addScriptTag({ content })
  return page
}

/** Bounds a hang; nothing is measured against it. */
const LIMIT_MS = 180_000

/** What comes of it. @throws (rejects with) Error when nothing does */
export async function within<Result>(what: string, promised: Promise<Result>, limitMs = LIMIT_MS): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), limitMs)
  })
  return Promise.race([promised, limit]).finally(() => clearTimeout(timer))
}

/** The script of a page of sdk/bench/pages, by its name. */
export async function pageScript(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [inRepository(`sdk/bench/pages/${name}.ts`)],
    tsconfig: inRepository('sdk/bench/tsconfig.json'),
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

/** Ours as a script tag loads it. */
export const sdkScript = (): Promise<string> => readFile(inRepository('sdk/dist/peerstage.js'), 'utf8')
