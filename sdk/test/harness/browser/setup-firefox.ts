// Beside setup.ts, for those tests alone that run in Firefox too.
import type { TestProject } from 'vitest/node'
import { ensureBrowser } from './ensure-browser'

export default async function setup(project: TestProject): Promise<void> {
  project.provide('firefox', await ensureBrowser('firefox'))
}
