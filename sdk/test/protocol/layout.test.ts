import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitsLayout, LAYOUT, type SignalBody } from '../../src/protocol'

const SECTIONS = ['audio', 'video', 'video', 'audio', 'application']

const describe = (kinds: readonly string[], end = '\r\n') =>
  ['v=0', 's=-', ...kinds.flatMap((kind) => [`m=${kind} 9 UDP/TLS/RTP/SAVPF 96`, 'a=mid:0'])].join(end)

const offer = (sdp: string, layout = LAYOUT): SignalBody => ({ type: 'offer', sdp, layout })
const answer = (sdp: string): SignalBody => ({ type: 'answer', sdp })

test.each(['\r\n', '\n'])('descriptions of the layout fit, offers and answers, whatever ends their lines', (end) => {
  for (const make of [offer, answer]) expect(fitsLayout(make(describe(SECTIONS, end)))).toBe(true)
})

test('what is no description fits', () => {
  const candidate = { type: 'candidate', candidate: 'm=audio', sdpMid: null, sdpMLineIndex: null } as const
  for (const body of [candidate, { type: 'restart' } as const]) expect(fitsLayout(body)).toBe(true)
})

test.each([
  ['none', []],
  ['one too few', SECTIONS.slice(1)],
  ['one too many', [...SECTIONS, 'audio']],
  ['276 of them', Array.from({ length: 276 }, () => 'audio')],
  ['another order', ['video', 'audio', 'video', 'audio', 'application']],
  ['a kind that only begins like one', ['audio', 'video', 'video', 'audio', 'applications']],
  ['none that has a name', ['audio', 'video', '', 'audio', 'application']],
])('descriptions with other sections do not fit: %s', (_, kinds) => {
  for (const make of [offer, answer]) expect(fitsLayout(make(describe(kinds)))).toBe(false)
})

test('an offer of another layout does not fit', () => {
  expect(fitsLayout(offer(describe(SECTIONS), 2))).toBe(false)
})

test('whatever is put between the lines, a section more is seen', () => {
  const noise = fc.string({ unit: fc.constantFrom('m', '=', 'a', ' ', '\t', '\0', '\u0085', '😀'), maxLength: 20 })
  fc.assert(
    fc.property(noise, fc.constantFrom('\r\n', '\n'), fc.nat(SECTIONS.length), (text, end, at) => {
      const more = [...SECTIONS]
      more.splice(at, 0, 'audio')
      const lines = describe(more, end).split(end)
      lines.splice(at, 0, text)
      expect(fitsLayout(offer(lines.join(end)))).toBe(false)
    }),
  )
})
