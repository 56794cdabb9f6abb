// Runs once before the browser tests, in vitest's own process.
import type { TestProject } from 'vitest/node'
import { ensureChromium } from './ensure-chromium'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser that the tests drive. */
    chromium: string
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('chromium', await ensureChromium())
}
