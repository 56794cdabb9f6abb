import { expect, test } from 'vitest'
import { EMPTY_SLOTS } from '../../src/peering/media-transport'
import { SlotSenders } from '../../src/peering/slots'
import { fakeTrack } from '../harness/fake-transport'

const camera = fakeTrack('video', 'camera')
const other = fakeTrack('video', 'other')

/** A sender whose replacements take effect when the test says so. */
class SlowSender {
  readonly calls: (MediaStreamTrack | null)[] = []
  readonly #pending: { resolve: () => void; reject: (error: Error) => void }[] = []

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.calls.push(track)
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }))
  }

  /** Ends the call that is under way; one that is about to come is waited for. */
  async finish(error?: Error): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    const next = this.#pending.shift()
    if (error === undefined) next?.resolve()
    else next?.reject(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function fourSenders() {
  const fakes = [new SlowSender(), new SlowSender(), new SlowSender(), new SlowSender()] as const
  return { fakes, senders: fakes as unknown as RTCRtpSender[] }
}

test('what was wanted before there are senders is put in when they come; empty slots are left alone', async () => {
  const { fakes, senders } = fourSenders()
  const slots = new SlotSenders({ ...EMPTY_SLOTS, camera })
  await slots.setTrack('screen', camera)
  await slots.setTrack('screen', other)
  const attached = slots.attach(senders)
  await fakes[1].finish()
  await fakes[2].finish()
  await attached
  expect(fakes.map(({ calls }) => calls)).toEqual([[], [camera], [other], []])
})

test('the changes of a slot wait for each other; other slots do not wait', async () => {
  const { fakes, senders } = fourSenders()
  const slots = new SlotSenders(EMPTY_SLOTS)
  await slots.attach(senders)
  const done = [slots.setTrack('camera', camera), slots.setTrack('camera', null), slots.setTrack('screen', other)]
  await fakes[2].finish()
  expect([fakes[1].calls, fakes[2].calls]).toEqual([[camera], [other]])
  await fakes[1].finish()
  expect(fakes[1].calls).toEqual([camera, null])
  await fakes[1].finish()
  await Promise.all(done)
})

test('a track that is refused rejects its own change, and the next one is made all the same', async () => {
  const { fakes, senders } = fourSenders()
  const slots = new SlotSenders(EMPTY_SLOTS)
  await slots.attach(senders)
  const refused = slots.setTrack('camera', camera)
  const next = slots.setTrack('camera', other)
  const rejection = expect(refused).rejects.toThrow('refused')
  await fakes[1].finish(new Error('refused'))
  await rejection
  await fakes[1].finish()
  await next
  expect(fakes[1].calls).toEqual([camera, other])
})

test('after close, what the browser leaves unsettled for ever delays no call', async () => {
  const { senders } = fourSenders()
  const slots = new SlotSenders(EMPTY_SLOTS)
  await slots.attach(senders)
  const change = slots.setTrack('camera', camera)
  await new Promise((resolve) => setImmediate(resolve))
  slots.close()
  await expect(change).resolves.toBeUndefined()
})

test('after close, what is under way may fail and what waits is left out, without a rejection', async () => {
  const { fakes, senders } = fourSenders()
  const slots = new SlotSenders(EMPTY_SLOTS)
  await slots.attach(senders)
  const changes = [slots.setTrack('camera', camera), slots.setTrack('camera', null)]
  await new Promise((resolve) => setImmediate(resolve))
  slots.close()
  await fakes[1].finish(new Error('closed'))
  await Promise.all(changes)
  await slots.setTrack('camera', other)
  expect(fakes[1].calls).toEqual([camera])
})
