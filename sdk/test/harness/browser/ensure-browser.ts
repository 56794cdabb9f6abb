// A browser that the tests drive: one that is installed, else one that is installed now.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { aptCommands, run } from './apt'
import type { BrowserName, BrowserOptions } from './browser-name'
import { browserPaths, PATH_VARIABLES } from './browser-paths'
import { launchChromium } from './chromium'
import { launchFirefox } from './firefox'

const TITLES = { chromium: 'Chromium or Chrome', firefox: 'Firefox' } as const

export function launch(name: BrowserName, path: string, options: BrowserOptions = {}): Promise<Browser> {
  return name === 'chromium' ? launchChromium(path, options) : launchFirefox(path, options)
}

/**
 * Answers with the path of a browser that was seen to start.
 * Where there is none, installs one and says so in a line. Throws with what was tried when that fails too.
 */
export async function ensureBrowser(name: BrowserName): Promise<string> {
  const failures: string[] = []
  const installed = await firstThatStarts(name, failures)
  if (installed) return installed
  for (const { what, commands } of installers(name)) {
    console.log(`No ${TITLES[name]} that starts was found: ${what}.`)
    try {
      for (const command of commands) await run(command)
    } catch (error) {
      failures.push(String(error))
    }
    const path = await firstThatStarts(name, failures)
    if (path) return path
  }
  const tried = [...new Set(failures)].map((failure) => `- ${failure}`).join('\n')
  throw new Error(
    `The browser tests need ${TITLES[name]}. Install one, or name it in ${PATH_VARIABLES[name]}. Tried:\n${tried}`,
  )
}

/** A file that exists may be a stub, miss a library or be too old. So each opens a page once. */
async function firstThatStarts(name: BrowserName, failures: string[]): Promise<string | undefined> {
  for (const path of browserPaths(name)) {
    try {
      const browser = await launch(name, path)
      await browser.newPage().finally(() => browser.close())
      return path
    } catch (error) {
      failures.push(`${path}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return undefined
}

interface Installer {
  what: string
  commands: string[][]
}

function installers(name: BrowserName): Installer[] {
  // A browser chosen by hand that does not start is for its owner to mend.
  if (process.env[PATH_VARIABLES[name]]) return []
  const all = name === 'chromium' ? [playwrights(), debian('chromium')] : [debian('firefox-esr'), debian('firefox')]
  return all.filter(({ commands }) => commands.length > 0)
}

function playwrights(): Installer {
  const playwright = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js')
  return {
    what: "downloading Playwright's Chromium",
    commands: [[process.execPath, playwright, 'install', '--no-shell', 'chromium']],
  }
}

function debian(name: string): Installer {
  return { what: `installing the package ${name} by apt-get`, commands: aptCommands(name) }
}
