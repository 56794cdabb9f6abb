import type { Browser } from 'playwright-core'
import { inject } from 'vitest'
import { type BrowserOptions, launchChromium } from './chromium'

/** The browser that the global setup found, with fake devices: a moving picture and a beep. Whoever launches it closes it. */
export function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  return launchChromium(inject('chromium'), options)
}
