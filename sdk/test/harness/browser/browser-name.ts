/** The browsers that the tests drive. Stories about media run in each of them, the rest in Chromium alone. */
export const BROWSERS = ['chromium', 'firefox'] as const

export type BrowserName = (typeof BROWSERS)[number]

export interface BrowserOptions {
  /**
   * What pages get when they ask for camera, microphone or screen, without a question to a user. Default 'granted'.
   * With 'asked' the question stays open, but for a tab that Chromium's `--auto-select-tab-capture-source-by-title` names.
   */
  devices?: 'granted' | 'denied' | 'asked'
  /** Whether sound may play before a user touched the page. Default: as the browser does it, which may block. */
  autoplay?: 'allowed' | 'browser'
  /** More of the browser's command line. */
  args?: string[]
}
