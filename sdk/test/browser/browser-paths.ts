// Where a Chromium, Chrome or Edge may already be on this machine. Knows nothing of whether one of them starts.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/** Executables that exist, the likeliest first. `CHROME_PATH` stands alone: who names a browser wants no other. */
export function browserPaths(): string[] {
  const named = process.env.CHROME_PATH
  if (named) {
    if (existsSync(named)) return [named]
    throw new Error(`CHROME_PATH is ${named}, and there is no such file.`)
  }
  const candidates = [...usualPaths(), chromium.executablePath()]
  return [...new Set(candidates)].filter((path) => existsSync(path))
}

function usualPaths(): string[] {
  if (process.platform === 'darwin') return macPaths()
  if (process.platform === 'win32') return windowsPaths()
  return linuxPaths()
}

function linuxPaths(): string[] {
  const names = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'chrome', 'microsoft-edge']
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin', '/usr/local/bin', '/snap/bin')
  return names.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)))
}

function macPaths(): string[] {
  const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge']
  const folders = ['/Applications', join(homedir(), 'Applications')]
  return apps.flatMap((app) => folders.map((folder) => join(folder, `${app}.app`, 'Contents/MacOS', app)))
}

function windowsPaths(): string[] {
  const { PROGRAMFILES, LOCALAPPDATA, 'PROGRAMFILES(X86)': PROGRAMFILES_X86 } = process.env
  const folders = [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA].filter((folder) => folder !== undefined)
  const apps = [
    'Google/Chrome/Application/chrome.exe',
    'Chromium/Application/chrome.exe',
    'Microsoft/Edge/Application/msedge.exe',
  ]
  return apps.flatMap((app) => folders.map((folder) => join(folder, app)))
}
