// Where a browser may already be on this machine. Knows nothing of whether one of them starts.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BrowserName } from './browser-name'

/** The variable that names a browser by its path. */
export const PATH_VARIABLES = { chromium: 'CHROME_PATH', firefox: 'FIREFOX_PATH' } as const

/** Executables that exist, the likeliest first. One that is named by its variable stands alone: no other is wanted then. */
export function browserPaths(name: BrowserName): string[] {
  const variable = PATH_VARIABLES[name]
  const named = process.env[variable]
  if (named) {
    if (existsSync(named)) return [named]
    throw new Error(`${variable} is ${named}, and there is no such file.`)
  }
  const candidates = name === 'chromium' ? [...usualPaths(name), chromium.executablePath()] : usualPaths(name)
  return [...new Set(candidates)].filter((path) => existsSync(path))
}

function usualPaths(name: BrowserName): string[] {
  if (process.platform === 'darwin') return macPaths(name)
  if (process.platform === 'win32') return windowsPaths(name)
  return linuxPaths(name)
}

const LINUX = {
  chromium: ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'chrome', 'microsoft-edge'],
  firefox: ['firefox-esr', 'firefox'],
}

function linuxPaths(name: BrowserName): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin', '/usr/local/bin', '/snap/bin')
  return LINUX[name].flatMap((program) => folders.filter(Boolean).map((folder) => join(folder, program)))
}

const MAC = {
  chromium: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((app) => `${app}.app/Contents/MacOS/${app}`),
  firefox: ['Firefox.app/Contents/MacOS/firefox'],
}

function macPaths(name: BrowserName): string[] {
  const folders = ['/Applications', join(homedir(), 'Applications')]
  return MAC[name].flatMap((app) => folders.map((folder) => join(folder, app)))
}

const WINDOWS = {
  chromium: [
    'Google/Chrome/Application/chrome.exe',
    'Chromium/Application/chrome.exe',
    'Microsoft/Edge/Application/msedge.exe',
  ],
  firefox: ['Mozilla Firefox/firefox.exe'],
}

function windowsPaths(name: BrowserName): string[] {
  const { PROGRAMFILES, LOCALAPPDATA, 'PROGRAMFILES(X86)': PROGRAMFILES_X86 } = process.env
  const folders = [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA].filter((folder) => folder !== undefined)
  return WINDOWS[name].flatMap((app) => folders.map((folder) => join(folder, app)))
}
