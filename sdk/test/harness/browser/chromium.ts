// How the tests start Chromium.
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import type { BrowserOptions } from './browser-name'

/** A browser with fake devices: a moving test picture and a beep. The caller closes it. */
export function launchChromium(executablePath: string, options: BrowserOptions): Promise<Browser> {
  return chromium.launch(chromiumOptions(executablePath, options))
}

/** For a browser that is launched otherwise: with a profile of its own, for one. */
export const chromiumOptions = (executablePath: string, options: BrowserOptions): LaunchOptions => ({
  executablePath,
  // Chromium's sandbox refuses to run as root.
  chromiumSandbox: process.getuid?.() !== 0,
  args: [...ALWAYS, ...chosen(options), ...(options.args ?? [])],
})

/**
 * On top of what Playwright passes. Chromium heeds only the last `--disable-features`, so Playwright's that matter here
 * are named again. Without mDNS names for local addresses, links need no multicast to connect.
 */
const ALWAYS = [
  '--headless=new',
  '--disable-quic',
  '--disable-features=WebRtcHideLocalIpsWithMdns,HttpsUpgrades,MediaRouter,Translate',
  '--use-fake-device-for-media-stream',
]

const ANSWERS = {
  granted: ['--use-fake-ui-for-media-stream'],
  denied: ['--use-fake-ui-for-media-stream=deny'],
  asked: [],
}

function chosen({ devices = 'granted', autoplay = 'browser' }: BrowserOptions): string[] {
  const autoplayed = autoplay === 'allowed' ? ['--autoplay-policy=no-user-gesture-required'] : []
  return [...ANSWERS[devices], ...autoplayed]
}
