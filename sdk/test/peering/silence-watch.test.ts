// When media that should arrive counts as missing.
import { expect, test } from 'vitest'
import { SilenceWatch } from '../../src/peering/link-health'
import type { MediaTransport } from '../../src/peering/media-transport'
import { SOURCES, type Source } from '../../src/protocol'
import { FakeClock } from '../harness/fake-clock'

/** Packets come through the slots of Ada's connection as the test says. */
function watching({ marks = true, platform = true } = {}) {
  const clock = new FakeClock()
  const silent = new Set<string>()
  const arrivals: Partial<Record<Source, number>> = {}
  const packets: Partial<Record<Source, number>> = {}
  let asked = 0
  const lastArrival = (source: Source) => (platform ? arrivals[source] : null)
  const getStats = async () => {
    asked++
    const entries = SOURCES.map((source, mid) => {
      return [
        source,
        { id: source, type: 'inbound-rtp', mid: String(mid), packetsReceived: packets[source] ?? 0 },
      ] as const
    })
    return new Map<string, object>(entries) as RTCStatsReport
  }
  const transport = { lastArrival, getStats } as unknown as MediaTransport
  const transports = new Map([['ada', transport]])
  const watch = new SilenceWatch({
    clock,
    transports: () => transports,
    looked: (participantId, isSilent) => (isSilent ? silent.add(participantId) : silent.delete(participantId)),
  })
  /** Time goes on, and packets of these sources come all the while. */
  const pass = async (ms: number, ...sources: Source[]) => {
    for (let passed = 0; passed < ms; passed += 50) {
      for (const source of sources) {
        packets[source] = (packets[source] ?? 0) + 1
        if (marks) arrivals[source] = clock.now()
      }
      await clock.advanceAsync(50)
    }
  }
  return { clock, silent, watch, transports, pass, arrivals, getStats, asked: () => asked }
}

test('sound that stops is missed within a second, and found again with the next packet', async () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone', 'camera']]]))
  await pass(10_000, 'microphone', 'camera')
  expect(silent.size).toBe(0)
  await pass(1_000)
  expect([...silent]).toEqual(['ada'])
  await pass(300, 'microphone')
  expect(silent.size).toBe(0)
})

test('one source that still comes is enough: the path is there', async () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone', 'camera']]]))
  await pass(5_000, 'microphone', 'camera')
  await pass(60_000, 'camera')
  expect(silent.size).toBe(0)
})

test('a camera alone may pause for two seconds', async () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['camera']]]))
  await pass(5_000, 'camera')
  await pass(2_000)
  expect(silent.size).toBe(0)
  await pass(1_000)
  expect([...silent]).toEqual(['ada'])
})

test('a screen may be still for ever, and what is muted or not published is not missed', async () => {
  const { clock, silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['screen', 'screenAudio']]]))
  await pass(60_000)
  expect(silent.size).toBe(0)
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(5_000)
  expect([...silent]).toEqual(['ada'])
  watch.expect(new Map([['ada', ['screen']]]))
  await pass(300)
  expect(silent.size).toBe(0)
  watch.expect(new Map())
  await pass(1_000)
  expect(clock.waiting).toBe(0)
})

test('what has just been published, and what comes over a new connection, has three seconds to begin', async () => {
  const { silent, watch, transports, pass, getStats } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(3_500)
  expect(silent.size).toBe(0)
  await pass(1_000)
  expect([...silent]).toEqual(['ada'])
  transports.set('ada', { lastArrival: () => undefined, getStats } as unknown as MediaTransport)
  await pass(3_500)
  expect(silent.size).toBe(0)
})

test('what has begun is missed at once, also within the time that it had to begin', async () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(1_000, 'microphone')
  await pass(1_000)
  expect([...silent]).toEqual(['ada'])
})

test('a browser forgets a packet after some seconds: that is none that came', async () => {
  const { silent, watch, pass, arrivals } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(5_000, 'microphone')
  await pass(2_000)
  delete arrivals.microphone
  await pass(10_000)
  expect([...silent]).toEqual(['ada'])
})

test('where the platform does not tell of packets, nothing is missed', async () => {
  const { silent, watch, pass } = watching({ platform: false })
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(60_000)
  expect(silent.size).toBe(0)
})

test('after the end there is no timer', async () => {
  const { clock, watch } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  watch.close()
  expect(clock.waiting).toBe(0)
})

test('sound that no element plays leaves no mark in Chromium: it is not missed, and its end is', async () => {
  const { silent, watch, pass, asked } = watching({ marks: false })
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(60_000, 'microphone')
  expect(silent.size).toBe(0)
  expect(asked()).toBeLessThanOrEqual(32)
  await pass(3_000)
  expect([...silent]).toEqual(['ada'])
  await pass(500, 'microphone')
  expect(silent.size).toBe(0)
})

test('statistics are asked only where nothing is marked', async () => {
  const { watch, pass, asked } = watching()
  watch.expect(new Map([['ada', ['microphone', 'camera']]]))
  await pass(60_000, 'microphone', 'camera')
  expect(asked()).toBe(0)
})

test('a source that begins while nothing arrives does not make the link heard', async () => {
  const { silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(5_000, 'microphone')
  await pass(2_000)
  watch.expect(new Map([['ada', ['microphone', 'camera']]]))
  await pass(1_000)
  expect([...silent]).toEqual(['ada'])
})

test('looks that come late, as in a hidden or busy page, miss nothing by themselves; silence is found all the same', async () => {
  const { clock, silent, watch, pass } = watching()
  watch.expect(new Map([['ada', ['microphone']]]))
  await pass(5_000, 'microphone')
  clock.grainMs = 60_000
  await clock.advanceAsync(60_000)
  expect(silent.size).toBe(0)
  clock.grainMs = 1_000
  await clock.advanceAsync(10_000)
  expect([...silent]).toEqual(['ada'])
})

test('a listener that ends the watch in a look leaves no timer', async () => {
  const clock = new FakeClock()
  const transport = { lastArrival: () => 1 } as unknown as MediaTransport
  const watch: SilenceWatch = new SilenceWatch({
    clock,
    transports: () => [['ada', transport]],
    looked: () => watch.close(),
  })
  watch.expect(new Map([['ada', ['microphone']]]))
  await clock.advanceAsync(1_000)
  expect(clock.waiting).toBe(0)
})
