// What a browser of package.json's `browserslist` cannot run is found here, by a machine and not by its users.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { beyondFloor } from './browser-floor'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The scripts in a folder and below it, by their paths. The CommonJS files are the same code once more. */
async function scriptsIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.js$/.test(name))
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [join(folder, name), await readFile(join(folder, name), 'utf8')])),
  )
}

const SDK = path('../../dist')
const DEMO = path('../../../examples/quickstart')

test('the sdk runs in every browser of the floor', async () => {
  const scripts = await scriptsIn(SDK)
  for (const name of ['index.js', 'client.js', 'peerstage.js']) expect(Object.keys(scripts)).toContain(join(SDK, name))
  // Called where they are: the first in Chromium only (codecs.ts), the second of a policy that only Chromium tells.
  const expected = /\.(setCodecPreferences|allowsFeature)$/
  expect(beyondFloor(scripts).filter((found) => !expected.test(found))).toEqual([])
})

test('the demo runs in every browser of the floor', async () => {
  const scripts = await scriptsIn(DEMO)
  expect(Object.keys(scripts)).toContain(join(DEMO, 'controls.js'))
  // Its menus are pop-ups of the browser: its README says which browsers that takes.
  const expected = /: menu\.hidePopover$/
  expect(beyondFloor(scripts, await scriptsIn(SDK)).filter((found) => !expected.test(found))).toEqual([])
})

const TOO_NEW = [
  "URL.canParse('x')",
  "globalThis.URL.canParse('x')",
  'Array.fromAsync([])',
  'Promise.withResolvers()',
  'Object.groupBy([], String)',
  'AbortSignal.any([])',
  'new Set().union(new Set())',
  '[1].toSorted()',
  'export const f = (unknown) => unknown.toSorted()',
  'new URLPattern()',
  'Iterator.from([])',
  "'x'.isWellFormed()",
  'export const f = (sender) => sender.createEncodedStreams()',
  'new CookieStore()',
  'export const f = /[a--b]/v',
  'export const f = /(?i:a)/',
  'using file = open()',
]

const OLD_ENOUGH = [
  'structuredClone([1].at(-1))',
  'Object.hasOwn({}, Symbol.iterator)',
  'AbortSignal.timeout(5)',
  "crypto.randomUUID().replaceAll('-', '')",
  'new RTCPeerConnection().getSenders()[0]?.replaceTrack(null)',
  'navigator.mediaDevices.getDisplayMedia({ video: true })',
  'export class Own { #x = 1; static { this.y = 2 } any() { return #x in this } }',
  'export const union = { union: 1 }.union',
  'document.fullscreenElement ?? globalThis.location.href',
  'export const f = /(?<=a)b/d',
  'navigator.newer?.thing?.()',
  "typeof URLPattern === 'undefined'",
]

describe('finds', () => {
  const samples = [...TOO_NEW, ...OLD_ENOUGH].map((source, i) => [`/sample-${i}.js`, source] as const)
  let found: string[]
  beforeAll(() => {
    found = beyondFloor(Object.fromEntries(samples))
  })

  test.each(samples)('%s: %s', (name, source) => {
    const inIt = found.filter((each) => each.startsWith(`${name}:`))
    expect(inIt).toHaveLength(TOO_NEW.includes(source) ? 1 : 0)
  })
})
