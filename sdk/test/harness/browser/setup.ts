// Runs once before the tests in browsers, in vitest's own process.
import type { TestProject } from 'vitest/node'
import type { BrowserName } from './browser-name'
import { ensureBrowser } from './ensure-browser'

declare module 'vitest' {
  /** Paths of the browsers that the tests drive. */
  interface ProvidedContext extends Record<BrowserName, string> {}
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('chromium', await ensureBrowser('chromium'))
}
