import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { logUpTo } from '../../src/client/logger'
import { checkSupport, formatCount, formatDuration, SDK_VERSION } from '../../src/index'
import { browserPage } from '../../src/signaling/browser-page'

test('counts as people write them', () => {
  expect([0, 999, 1234, 12_345, 1_500_000].map((count) => formatCount(count, 'en'))).toEqual([
    '0',
    '999',
    '1,234',
    '12.3K',
    '1.5M',
  ])
  expect(formatCount(1234, 'de')).toBe('1.234')
})

test('durations as a clock shows them', () => {
  const shown = [-5, 7_000, 754_000, 3_723_000, Number.NaN].map((ms) => formatDuration(ms, 'en'))
  expect(shown).toEqual(['0:00', '0:07', '12:34', '1:02:03', '0:00'])
})

test('checkSupport tells what is here, and never throws', () => {
  expect(checkSupport()).toMatchObject({ watch: false, publish: false, shareScreen: false, secureContext: true })
})

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(SDK_VERSION).toBe(version)
})

test('a log holds its level, and nothing secret', () => {
  const lines: string[] = []
  const log = logUpTo('info', (...line) => lines.push(JSON.stringify(line)))
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWFkYQ'
  log('debug', 'unheard')
  log('warn', `with ${token}`, {
    token,
    sdp: 'v=0',
    text: 'psst',
    error: new Error(`bad ${token}`),
    nested: { token },
    n: 1,
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/eyJ|v=0|psst/)
  expect(lines[0]).toContain('"n":1')
})

test('the network has changed when it is online again or of another type, not with each estimate of its speed', () => {
  const connection = Object.assign(new EventTarget(), { type: 'wifi' })
  const window = new EventTarget()
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('navigator', { connection })
  try {
    let changes = 0
    const stop = browserPage().on('online', () => changes++)
    connection.dispatchEvent(new Event('change'))
    expect(changes).toBe(0)
    connection.type = 'cellular'
    connection.dispatchEvent(new Event('change'))
    expect(changes).toBe(1)
    window.dispatchEvent(new Event('online'))
    expect(changes).toBe(2)
    stop()
    connection.type = 'wifi'
    connection.dispatchEvent(new Event('change'))
    window.dispatchEvent(new Event('online'))
    expect(changes).toBe(2)
  } finally {
    vi.unstubAllGlobals()
  }
})
