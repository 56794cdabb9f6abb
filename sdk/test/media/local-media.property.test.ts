// Whatever is wished, in whatever order prompts, replies and moderators answer: nothing hangs, nothing leaks, and the room sees the truth.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LiveStreamError } from '../../src/errors'
import { SOURCES, type Source } from '../../src/protocol'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

type Device = 'microphone' | 'camera'
type Step =
  | { do: 'publish'; sources: Device[]; own: boolean }
  | { do: 'unpublish' | 'mute' | 'unmute' | 'switch' | 'moderate'; source: Device }
  | { do: 'share' | 'stop' | 'demote' | 'promote' | 'pass' | 'rest' | 'accept' | 'refuse' }
  | { do: 'allow' | 'deny' | 'lose'; nth: number }

const device = fc.constantFrom<Device>('microphone', 'camera')
const bare = fc.constantFrom('share', 'stop', 'demote', 'promote', 'pass', 'rest', 'rest', 'accept', 'accept', 'refuse')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('publish' as const),
    sources: fc.subarray<Device>(['microphone', 'camera'], { minLength: 1 }),
    own: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom('unpublish', 'mute', 'unmute', 'switch', 'moderate'), source: device }),
  fc.record({ do: bare }),
  fc.record({ do: fc.constantFrom('allow', 'allow', 'deny', 'lose'), nth: fc.nat(3) }),
) as fc.Arbitrary<Step>

class Run {
  readonly room = new MediaRoom()
  readonly calls: Promise<unknown>[] = []
  rejections = 0

  constructor() {
    this.room.devices.answer = undefined
    this.room.repliesAtOnce = false
  }

  take(step: Step): void {
    const { media, devices } = this.room
    switch (step.do) {
      case 'publish': {
        const wish = (source: Device) =>
          step.own ? asTrack(new FakeTrack(source === 'camera' ? 'video' : 'audio')) : true
        return this.#call(media.publish(Object.fromEntries(step.sources.map((source) => [source, wish(source)]))))
      }
      case 'unpublish':
        return this.#call(media.unpublish(step.source))
      case 'mute':
        return this.#call(media.mute(step.source))
      case 'unmute':
        return this.#call(media.unmute(step.source))
      case 'switch':
        return this.#call(media.switchDevice(step.source, 'another'))
      case 'share':
        return this.#call(media.shareScreen())
      case 'stop':
        return this.#call(media.stopScreen())
      case 'moderate':
        return this.room.moderatorMutes(step.source)
      case 'demote':
        return this.room.changeRole('viewer')
      case 'promote':
        return this.room.changeRole('guest')
      case 'pass':
        return this.room.endFades()
      case 'accept':
        if (this.room.pending.length > 0) this.room.accept()
        return
      case 'refuse':
        if (this.room.pending.length > 0) this.refuse()
        return
      case 'allow':
        return void devices.openPrompts[step.nth]?.allow()
      case 'deny':
        return devices.openPrompts[step.nth]?.refuse('NotReadableError')
      case 'lose':
        return devices.live[step.nth]?.end()
      case 'rest':
        return
    }
  }

  refuse(): void {
    this.rejections++
    this.room.refuse(new LiveStreamError('rate_limited', 'slowly'))
  }

  /** Everything that still waits is answered, until nothing does. */
  async finish(): Promise<void> {
    const { devices, pending, clock } = this.room
    for (;;) {
      await settled()
      if (devices.openPrompts.length + pending.length + clock.waiting === 0) return
      for (const prompt of devices.openPrompts) prompt.allow()
      while (pending.length > 0) this.room.accept()
      this.room.endFades()
    }
  }

  #call(promise: Promise<unknown>): void {
    this.calls.push(promise.catch(() => {}))
  }
}

const isSent = (room: MediaRoom, source: Source) => room.sent[source] !== null
const isOpen = (room: MediaRoom, source: Source) => {
  const { published, muted, interrupted } = room.sources[source]
  return published && !muted && !interrupted
}

test('random requests, prompts, replies, moderators and losses come to a consistent rest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const run = new Run()
      const { room } = run
      for (const step of steps) {
        run.take(step)
        if (step.do === 'rest' || step.do === 'allow' || step.do === 'accept') await settled()
      }
      await run.finish()
      // Every call came to its end.
      await Promise.all(run.calls)
      // Every device that is open is in use.
      const used = Object.values(room.media.tracks()).filter((track) => track !== null)
      for (const track of room.devices.live) expect(used).toContain(asTrack(track))
      // Nothing flows that the room does not know of.
      for (const source of SOURCES)
        if (isSent(room, source)) expect(room.sources[source]).toMatchObject({ published: true, muted: false })
      // And what the room believes is so, unless it refused to be told.
      const untold = room.untold()
      if (run.rejections === 0) expect(untold).toEqual([])
      await run.finish()
      for (const source of SOURCES) expect([source, isSent(room, source)]).toEqual([source, isOpen(room, source)])
      room.leave()
      expect(room.devices.live).toEqual([])
      expect(Object.values(room.sent)).toEqual([null, null, null, null])
    }),
    { numRuns: 500 },
  )
})
