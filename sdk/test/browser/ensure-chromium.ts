// The browser that the tests drive: one that is installed, else one that is installed now.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { aptCommands, run } from './apt'
import { browserPaths } from './browser-paths'
import { launchChromium } from './chromium'

/**
 * Answers with the path of a browser that was seen to start.
 * Where there is none, installs one and says so in a line. Throws with what was tried when that fails too.
 */
export async function ensureChromium(): Promise<string> {
  const failures: string[] = []
  const installed = await firstThatStarts(failures)
  if (installed) return installed
  for (const { what, commands } of installers()) {
    console.log(`No Chromium or Chrome that starts was found: ${what}.`)
    try {
      for (const command of commands) await run(command)
    } catch (error) {
      failures.push(String(error))
    }
    const path = await firstThatStarts(failures)
    if (path) return path
  }
  const tried = [...new Set(failures)].map((failure) => `- ${failure}`).join('\n')
  throw new Error(`The browser tests need Chromium or Chrome. Install one, or name it in CHROME_PATH. Tried:\n${tried}`)
}

/** A file that exists may be a stub or miss a library. So each is started once. */
async function firstThatStarts(failures: string[]): Promise<string | undefined> {
  for (const path of browserPaths()) {
    try {
      const browser = await launchChromium(path)
      await browser.close()
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

function installers(): Installer[] {
  // A browser chosen by hand that does not start is for its owner to mend.
  if (process.env.CHROME_PATH) return []
  const playwright = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js')
  const download: Installer = {
    what: "downloading Playwright's Chromium",
    commands: [[process.execPath, playwright, 'install', '--no-shell', 'chromium']],
  }
  const debian: Installer = {
    what: 'installing the package chromium by apt-get',
    commands: aptCommands('chromium'),
  }
  return [download, debian].filter(({ commands }) => commands.length > 0)
}
