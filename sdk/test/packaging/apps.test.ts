// The packed sdk in the hands of bundlers and in a plain page, each opened in a browser and in a room of a real server.
// Whatever a developer would see in red or yellow fails: in the terminal while it is built, in the console when it runs.
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../harness/browser/launch-browser'
import { LiveServer } from '../harness/browser/live-server'
import { emptyFolder, install, installedApp, packed } from './npm'
import { run, serve } from './program'
import { serveFolder } from './static-folder'
import { visit, WELL } from './visit'

let live: LiveServer
let browser: Browser

beforeAll(async () => {
  live = await LiveServer.start()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await live?.stop()
})

/** Nothing was said to be wrong while an app was built. */
function expectQuiet({ stdout, stderr }: { stdout: string; stderr: string }): void {
  expect(stderr).toBe('')
  expect(stdout.split('\n').filter((line) => /warn|error|⚠|✗/i.test(line))).toEqual([])
}

test('a Vite app, built and by the dev server', async () => {
  const folder = await installedApp('vite')
  const env = { VITE_LIVE_URL: live.url }
  expectQuiet(await run(folder, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build'], { env }))
  expect(await visit(browser, await serveFolder(join(folder, 'dist')))).toEqual({ said: WELL, complaints: [] })
  const dev = await serve(folder, [join('node_modules', 'vite', 'bin', 'vite.js'), '--port', '0'], env)
  expect(await visit(browser, dev)).toEqual({ said: WELL, complaints: [] })
})

test('a webpack app', async () => {
  const folder = await installedApp('webpack')
  expectQuiet(await run(folder, ['build.js'], { env: { LIVE_URL: live.url } }))
  await writeFile(join(folder, 'dist', 'index.html'), PAGE)
  expect(await visit(browser, await serveFolder(join(folder, 'dist')))).toEqual({ said: WELL, complaints: [] })
})

test('a Next.js app that makes a client while it is rendered on the server', async () => {
  const folder = await installedApp('next')
  const next = join('node_modules', 'next', 'dist', 'bin', 'next')
  expectQuiet(await run(folder, [next, 'build'], { env: { NEXT_PUBLIC_LIVE_URL: live.url } }))
  const url = await serve(folder, [next, 'start', '--port', '0'])
  expect(await (await fetch(url)).text()).toContain('<p id="status">idle</p>')
  expect(await visit(browser, url)).toEqual({ said: WELL, complaints: [] })
  // Next.js is some 100 MB to fetch, where npm has it not yet.
}, 300_000)

test('a page with a script tag', async () => {
  const folder = await emptyFolder()
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  await install(folder, await packed('sdk', folder))
  const sdk = join(folder, 'node_modules', '@peerstage', 'sdk')
  // Where unpkg and jsdelivr find the file.
  const { unpkg, jsdelivr } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8'))
  expect(jsdelivr).toBe(unpkg)
  await copyFile(join(sdk, unpkg), join(folder, 'peerstage.js'))
  const page = await readFile(new URL('./apps/script/index.html', import.meta.url), 'utf8')
  await writeFile(join(folder, 'index.html'), page.replace('%LIVE_URL%', live.url))
  expect(await visit(browser, await serveFolder(folder))).toEqual({ said: WELL, complaints: [] })
})

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Peerstage and webpack</title>
<link rel="icon" href="data:,"><p id="said"></p><script src="main.js"></script></html>`
