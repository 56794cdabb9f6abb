// When media that should arrive counts as missing.
import { expect, test } from 'vitest'
import type { MediaTransport } from '../../src/peering/media-transport'
import { SilenceWatch } from '../../src/peering/silence-watch'
import type { Source } from '../../src/protocol'
import { FakeClock } from '../harness/fake-clock'

function watching(arrivals: Partial<Record<Source, number | null>> = {}) {
  const clock = new FakeClock()
  const silent = new Set<string>()
  const transport = { lastArrival: (source: Source) => arrivals[source] } as MediaTransport
  const transports = new Map([['ada', transport]])
  const watch = new SilenceWatch({
    clock,
    transports: () => transports,
    looked: (participantId, isSilent) => (isSilent ? silent.add(participantId) : silent.delete(participantId)),
  })
  /** Time goes on, and packets of these sources come all the while. */
  const pass = (ms: number, ...sources: Source[]) => {
    for (let passed = 0; passed < ms; passed += 50) {
      for (const source of sources) arrivals[source] = clock.now()
      clock.advance(50)
    }
  }
  return { clock, silent, watch, transports, pass, arrivals }
}

test('sound that stops is missed within a second, and found again with the next packet', () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone', 'camera']]]))
  pass(10_000, 'microphone', 'camera')
  expect(silent.size).toBe(0)
  pass(1_000)
  expect([...silent]).toEqual(['ada'])
  pass(300, 'microphone')
  expect(silent.size).toBe(0)
})

test('one source that still comes is enough: the path is there', () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone', 'camera']]]))
  pass(5_000, 'microphone', 'camera')
  pass(60_000, 'camera')
  expect(silent.size).toBe(0)
})

test('a camera alone may pause for two seconds', () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['camera']]]))
  pass(5_000, 'camera')
  pass(2_000)
  expect(silent.size).toBe(0)
  pass(1_000)
  expect([...silent]).toEqual(['ada'])
})

test('a screen may be still for ever, and what is muted or not published is not missed', () => {
  const { clock, silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['screen', 'screenAudio']]]))
  pass(60_000)
  expect(silent.size).toBe(0)
  watch.expect(new Map([['ada', ['microphone']]]))
  pass(5_000)
  expect([...silent]).toEqual(['ada'])
  watch.expect(new Map([['ada', ['screen']]]))
  pass(300)
  expect(silent.size).toBe(0)
  watch.expect(new Map())
  pass(1_000)
  expect(clock.waiting).toBe(0)
})

test('what has just been published, and what comes over a new connection, has three seconds to begin', () => {
  const { silent, watch, transports, pass } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  pass(3_500)
  expect(silent.size).toBe(0)
  pass(1_000)
  expect([...silent]).toEqual(['ada'])
  transports.set('ada', { lastArrival: () => undefined } as unknown as MediaTransport)
  pass(3_500)
  expect(silent.size).toBe(0)
})

test('a browser forgets a packet after some seconds: that is none that came', () => {
  const { silent, watch, pass, arrivals } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  pass(5_000, 'microphone')
  pass(2_000)
  delete arrivals.microphone
  pass(10_000)
  expect([...silent]).toEqual(['ada'])
})

test('where the platform does not tell of packets, nothing is missed', () => {
  const { silent, watch, pass } = watching({ microphone: null })
  watch.expect(new Map([['ada', ['microphone']]]))
  pass(60_000)
  expect(silent.size).toBe(0)
})

test('after the end there is no timer', () => {
  const { clock, watch } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  watch.close()
  expect(clock.waiting).toBe(0)
})

test('a look that comes late, as in a hidden or busy page, misses nothing by itself', () => {
  const { clock, silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  pass(5_000, 'microphone')
  clock.grainMs = 60_000
  clock.advance(60_000)
  clock.grainMs = 0
  clock.advance(300)
  expect(silent.size).toBe(0)
  clock.advance(1_000)
  expect([...silent]).toEqual(['ada'])
})
