// What loads a server, in a process of its own. Its requests: `join` a crowd, then `saturate` the server or speak `steadily`.
import { setTimeout as passed } from 'node:timers/promises'
import { answerRequests } from '../harness/answering'
import { percentile, spreadOf } from '../harness/result'
import { type CrowdSize, joinedCrowd, type Member } from '../load/crowd'

export type Window = {
  /** Let go by first, until everything runs as it will. */
  readonly rampMs: number
  readonly ms: number
}
export type Pour = { readonly texts: number }
export type Rate = Window & { readonly deliveriesPerSecond: number }
export type Saturation = { readonly deliveries: number; readonly seconds: number; readonly loadCores: number }
export type Latencies = Saturation & {
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** The 99 % of each slice of the time, and of these the median: what else the machine does for a moment is not in it. */
  readonly p99OfSlice: number
}

const SLICE_MS = 250
/** Texts of one speaker that may be on their way at once. */
const IN_FLIGHT = 4096

/** Bounds a hang: a text may be rejected, or the server be gone. */
const MOST_POUR_MS = 10 * 60_000

let crowd: readonly Member[] = []
let perRoom = 0
let deliveries = 0
let onHeard: (listener: Member, speaker: number, number: number) => void = () => {}
let began = { at: 0, deliveries: 0, cpu: process.cpuUsage() }

async function join(size: CrowdSize): Promise<void> {
  perRoom = size.perRoom
  crowd = await joinedCrowd(size, (listener, speaker, number) => {
    deliveries++
    onHeard(listener, speaker, number)
  })
}

/** From now on each member speaks as soon as it hears its own last text. */
function saturate(): void {
  onHeard = (listener, speaker) => {
    if (listener.index === speaker) listener.speak()
  }
  for (const member of crowd) member.speak()
}

/** All members speak in turn, until so many texts are said and heard. */
async function pour({ texts }: Pour): Promise<void> {
  let [left, heard] = [texts - crowd.length, 0]
  onHeard = (listener, speaker) => {
    if (listener.index !== speaker) return
    heard++
    if (left-- > 0) listener.speak()
  }
  for (const member of crowd.slice(0, texts)) member.speak()
  const deadline = performance.now() + MOST_POUR_MS
  while (heard < texts) {
    if (performance.now() > deadline) throw new Error(`only ${heard} of ${texts} texts were heard`)
    await passed(5)
  }
}

/** From here on is counted. */
function begin(): void {
  began = { at: performance.now(), deliveries, cpu: process.cpuUsage() }
}

function end(): Saturation {
  const seconds = (performance.now() - began.at) / 1000
  const { user, system } = process.cpuUsage(began.cpu)
  return { deliveries: deliveries - began.deliveries, seconds, loadCores: (user + system) / 1e6 / seconds }
}

/** Members speak one after the other at a rate, whatever the server answers. */
async function steadily({ deliveriesPerSecond, rampMs, ms }: Rate): Promise<Latencies> {
  const sentAt = crowd.map(() => new Float64Array(IN_FLIGHT))
  const slices: number[][] = []
  const speaking = speakAtRate(deliveriesPerSecond / perRoom, rampMs + ms, sentAt)
  await passed(rampMs)
  begin()
  onHeard = (_listener, speaker, number) => {
    const now = performance.now()
    const slice = Math.floor((now - began.at) / SLICE_MS)
    slices[slice] ??= []
    slices[slice].push(now - (sentAt[speaker]?.[number % IN_FLIGHT] ?? Number.NaN))
  }
  await speaking
  return { ...end(), ...latenciesOf(slices) }
}

function latenciesOf(slices: readonly (readonly number[])[]): Omit<Latencies, keyof Saturation> {
  const all = Float64Array.from(slices.flat()).sort()
  const [p50, p99, max] = [percentile(all, 0.5), percentile(all, 0.99), percentile(all, 1)]
  const ofSlices = slices.map((slice) => percentile(Float64Array.from(slice).sort(), 0.99))
  return { p50, p99, max, p99OfSlice: spreadOf(ofSlices.filter((value) => !Number.isNaN(value))).median }
}

async function speakAtRate(perSecond: number, ms: number, sentAt: readonly Float64Array[]): Promise<void> {
  const start = performance.now()
  for (let said = 0; performance.now() - start < ms; await passed(1)) {
    for (const due = ((performance.now() - start) * perSecond) / 1000; said < due; said++) {
      // One of each room in turn, as people of many rooms would.
      const rooms = crowd.length / perRoom
      const member = crowd[(said % rooms) * perRoom + (Math.floor(said / rooms) % perRoom)]
      if (member === undefined) continue
      const at = performance.now()
      const times = sentAt[member.index]
      const number = member.speak()
      if (times !== undefined) times[number % IN_FLIGHT] = at
    }
  }
}

// Each request takes its own payload: the bench that asks knows which.
type Payload = CrowdSize & Rate & Pour
answerRequests<Payload>({ join, saturate, pour, begin, end, steadily })
