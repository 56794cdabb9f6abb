import type { Browser } from 'playwright-core'
import { inject } from 'vitest'
import type { BrowserName, BrowserOptions } from './browser-name'
import { launch } from './ensure-browser'

/** The browser that the global setup found, with fake devices: a moving picture and a beep. The caller closes it. */
export function launchBrowser(options: BrowserOptions = {}, name: BrowserName = 'chromium'): Promise<Browser> {
  return launch(name, inject(name), options)
}
