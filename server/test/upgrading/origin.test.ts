import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { originRule, readOrigin } from '../../src/config/origins'

const letsIn = (entry: string, origin: string) => originRule([entry])(origin)

/** Labels as DNS has them: no digits alone, for those may be addresses. */
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const labels = (least: number) => fc.array(label, { minLength: least, maxLength: 4 })
const scheme = fc.constantFrom('http', 'https')
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined })

type Site = { readonly scheme: string; readonly labels: readonly string[]; readonly port: number | undefined }
const site = (least: number): fc.Arbitrary<Site> => fc.record({ scheme, labels: labels(least), port })

/** As browsers write an origin. */
const written = ({ scheme, labels, port }: Site) =>
  `${scheme}://${labels.join('.')}${port === undefined || port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`

/** The same in another dress: some letters large, and the port said where it need not be. */
const dressed = (site: Site, large: readonly boolean[]) =>
  [...`${site.scheme}://${site.labels.join('.')}:${site.port ?? DEFAULT_PORTS[site.scheme]}`]
    .map((letter, at) => (large[at % large.length] ? letter.toUpperCase() : letter))
    .join('')

const largeness = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 })

describe('an entry of the list [R7.10]', () => {
  test('lets its own origin in, however it is written, and no other', () => {
    fc.assert(
      fc.property(site(1), site(1), largeness, (own, other, large) => {
        const rule = originRule([dressed(own, large)])
        expect(rule(written(own))).toBe(true)
        expect(rule(written(other))).toBe(written(own) === written(other))
        for (const near of [
          { ...own, labels: ['a', ...own.labels] },
          { ...own, labels: [...own.labels, 'evil'] },
        ]) {
          expect(rule(written(near))).toBe(false)
        }
      }),
    )
  })

  test('with * lets those in that have exactly one label more', () => {
    fc.assert(
      fc.property(site(2), label, label, largeness, (base, first, second, large) => {
        const rule = originRule([dressed({ ...base, labels: ['*', ...base.labels] }, large)])
        const origin = (...more: string[]) => written({ ...base, labels: [...more, ...base.labels] })
        expect(rule(origin(first))).toBe(true)
        expect(rule(origin())).toBe(false)
        expect(rule(origin(first, second))).toBe(false)
        expect(rule(`${origin(first)}.${second}`)).toBe(false)
        const [head = '', ...rest] = base.labels
        expect(rule(written({ ...base, labels: [first + head, ...rest] }))).toBe(false)
        expect(
          rule(
            written({ ...base, labels: [first, ...base.labels], scheme: base.scheme === 'http' ? 'https' : 'http' }),
          ),
        ).toBe(false)
        expect(rule(written({ ...base, labels: [first, ...base.labels], port: (base.port ?? 0) + 1 }))).toBe(false)
      }),
    )
  })

  test('whatever it is, and whatever a client says, is an answer: a sentence, or whether it may', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.stringMatching(/^[a-z*:/.@?#\\[\]%0-9-]{0,30}$/))
    fc.assert(
      fc.property(text, text, (entry, origin) => {
        const read = readOrigin(entry)
        const isIn = letsIn(entry, origin)
        expect(typeof isIn).toBe('boolean')
        if (!read.ok) expect([isIn, read.error]).toEqual([false, expect.stringMatching(/^m(?:ust|ay) /)])
      }),
    )
  })
})

test.each([
  ['capacitor://localhost', 'capacitor://localhost'],
  ['ionic://localhost', 'ionic://localhost'],
  ['tauri://localhost', 'tauri://localhost'],
  ['app://-', 'app://-'],
  ['file://', 'file://'],
  ['chrome-extension://abcdefghijklmnopabcdefghijklmnop', 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
  ['moz-extension://1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'moz-extension://1b4e28ba-2fa1-11d2-883f-0016d3cca427'],
  ['Safari-Web-Extension://1B4E28BA', 'safari-web-extension://1B4E28BA'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['http://[0:0::1]:80', 'http://[::1]'],
  ['http://*.localhost:3000', 'http://tenant.localhost:3000'],
  ['https://*.example.com:8443', 'https://tenant.example.com:8443'],
])('%s lets %s in, and none that only looks like it', (entry, origin) => {
  expect(letsIn(entry, origin)).toBe(true)
  for (const other of [
    `${origin}.evil.example`,
    `x${origin}`,
    `${origin}/`,
    origin.replace('://', '://x.'),
    'null',
    '',
  ]) {
    expect(letsIn(entry, other)).toBe(false)
  }
})

test('who has no origin is no browser, and without a list any page may come', () => {
  expect(originRule(['https://example.com'])(undefined)).toBe(true)
  expect(originRule(undefined)('https://anywhere.example')).toBe(true)
  expect(originRule([])('https://anywhere.example')).toBe(false)
})
