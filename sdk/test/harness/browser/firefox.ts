// How the tests start Firefox: one as its users have it, by WebDriver BiDi.
import { type Browser, firefox } from 'playwright-core'
import type { BrowserOptions } from './browser-name'

/** A browser with fake devices: a plain picture whose colour changes, and a tone. The caller closes it. */
export function launchFirefox(executablePath: string, options: BrowserOptions): Promise<Browser> {
  return firefox.launch({
    executablePath,
    // Without it Playwright expects a Firefox that it has patched.
    channel: 'moz-firefox',
    firefoxUserPrefs: { ...ALWAYS, ...chosen(options) },
    args: options.args ?? [],
  })
}

const ALWAYS = {
  'media.navigator.streams.fake': true,
  // Without mDNS names for local addresses, links need no multicast to connect; and a machine may have no network at all.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.peerconnection.ice.loopback': true,
}

const ANSWERS = {
  granted: { 'media.navigator.permission.disabled': true },
  // 2 is "block" in Firefox's permission store.
  denied: { 'permissions.default.camera': 2, 'permissions.default.microphone': 2 },
  asked: {},
}

function chosen({ devices = 'granted', autoplay = 'browser' }: BrowserOptions): Record<string, boolean | number> {
  // 0 is "allow audio and video", 1 is Firefox's own choice: nothing audible before a touch.
  return { ...ANSWERS[devices], 'media.autoplay.default': autoplay === 'allowed' ? 0 : 1 }
}
