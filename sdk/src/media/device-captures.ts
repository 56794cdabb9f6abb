import { LiveStreamError } from '../errors'
import { Capture } from './capture'
import type { DeviceSource } from './constraints'
import type { DeviceAccess } from './device-access'
import { deviceError, insecureContext, noDevice, notSupported, superseded } from './device-errors'

/**
 * Opens a device. Aborting the signal ends the request: a prompt that is not shown yet is not shown, and a later answer is released.
 * Each call opens it again.
 */
export type Acquire = (signal: AbortSignal) => Promise<Capture>

type DeviceConstraints = Partial<Record<DeviceSource, MediaTrackConstraints>>

type Outcome =
  | { readonly ok: true; readonly capture: Capture }
  | { readonly ok: false; readonly error: LiveStreamError }
type Outcomes = Partial<Record<DeviceSource, Outcome>>
type Signals = ReadonlyMap<DeviceSource, AbortSignal>

/**
 * Opens cameras and microphones, with one call of `getUserMedia` at a time for each: two at once for the same device would show
 * two prompts, and on some systems the second one finds the device in use. But the next call does not wait for a prompt whose
 * caller has gone, as it may never be answered. With the permission granted there is no prompt, and the next call waits.
 */
export class DeviceCaptures {
  readonly #access: DeviceAccess
  readonly #queues: Record<DeviceSource, Promise<unknown>> = {
    microphone: Promise.resolve(),
    camera: Promise.resolve(),
  }

  constructor(access: DeviceAccess) {
    this.#access = access
  }

  /**
   * For devices that are requested together: one prompt for all. If they cannot be opened together (one is missing, in use or
   * blocked), each is tried alone. People who refuse such a prompt are taken to mean all of it, and are not asked again.
   */
  open(requests: DeviceConstraints): Record<DeviceSource, Acquire> {
    const signals = new Map<DeviceSource, AbortSignal>()
    let outcomes: Promise<Outcomes> | undefined
    const acquire = async (source: DeviceSource, signal: AbortSignal): Promise<Capture> => {
      if (signals.has(source)) return this.open({ [source]: requests[source] })[source](signal)
      signals.set(source, signal)
      // In a microtask: by then all devices of the same call are requested.
      outcomes ??= Promise.resolve().then(() => this.#whenFree(requests, signals))
      return outcomeOf(
        outcomes.then((all) => all[source]),
        signal,
      )
    }
    return { microphone: (signal) => acquire('microphone', signal), camera: (signal) => acquire('camera', signal) }
  }

  #whenFree(requests: DeviceConstraints, signals: Signals): Promise<Outcomes> {
    const run = Promise.all([...signals.keys()].map((source) => this.#queues[source])).then(() => {
      const left = sourcesOf(requests).filter((source) => isCurrent(signals, source))
      return this.#openAll(left, requests, signals)
    })
    const freed = run.then(
      (outcomes) => closeSuperseded(outcomes, signals),
      () => {},
    )
    for (const [source, signal] of signals) {
      this.#queues[source] = Promise.race([
        freed,
        ended(signal).then(() => this.#unlessPrompting([...signals.keys()], freed)),
      ])
    }
    return run
  }

  async #unlessPrompting(sources: DeviceSource[], freed: Promise<void>): Promise<void> {
    if ((await this.#inState(sources, 'granted')).length === sources.length) await freed
  }

  async #openAll(sources: DeviceSource[], requests: DeviceConstraints, signals: Signals): Promise<Outcomes> {
    const [only] = sources
    if (only === undefined) return {}
    if (sources.length === 1) return this.#openOne(only, requests)
    const alone = (each: DeviceSource[]) => this.#openEach(each, requests, signals)
    // One that is blocked would fail both, without a prompt.
    if ((await this.#inState(sources, 'denied')).length > 0) return alone(sources)
    try {
      return await this.#getUserMedia(sources, requests)
    } catch (cause) {
      if (!isFinal(cause)) return alone(sources)
      // A prompt may have been refused. For what is granted no other one is shown: there the system refused one of the two.
      const granted = await this.#inState(sources, 'granted')
      return { ...this.#failed(sources, cause), ...(await alone(granted)) }
    }
  }

  async #openEach(sources: DeviceSource[], requests: DeviceConstraints, signals: Signals): Promise<Outcomes> {
    const outcomes: Outcomes = {}
    for (const source of sources)
      if (isCurrent(signals, source)) Object.assign(outcomes, await this.#openOne(source, requests))
    return outcomes
  }

  #openOne(source: DeviceSource, requests: DeviceConstraints): Promise<Outcomes> {
    return this.#getUserMedia([source], requests).catch((cause) => this.#failed([source], cause))
  }

  async #inState(sources: DeviceSource[], state: PermissionState): Promise<DeviceSource[]> {
    const states = await Promise.all(sources.map((source) => this.#access.permission(source)))
    return sources.filter((_, i) => states[i] === state)
  }

  #failed(sources: DeviceSource[], cause: unknown): Outcomes {
    return Object.fromEntries(
      sources.map((source) => [source, { ok: false, error: deviceError(source, cause, this.#access) }]),
    )
  }

  async #getUserMedia(sources: DeviceSource[], requests: DeviceConstraints): Promise<Outcomes> {
    const devices = this.#access.mediaDevices()
    const [first] = sources
    if (!devices?.getUserMedia) {
      throw this.#access.isSecureContext() ? notSupported(first ?? 'camera') : insecureContext()
    }
    const stream = await devices.getUserMedia({
      audio: (sources.includes('microphone') && requests.microphone) || false,
      video: (sources.includes('camera') && requests.camera) || false,
    })
    const tracks = { microphone: stream.getAudioTracks()[0], camera: stream.getVideoTracks()[0] }
    const outcomes: Outcomes = {}
    for (const source of sources) {
      const track = tracks[source]
      outcomes[source] = track
        ? { ok: true, capture: new Capture(track, { isOwn: true }) }
        : { ok: false, error: noDevice(source) }
    }
    return outcomes
  }
}

/** The outcome of a request. A capture that arrives after the request was aborted is released. */
async function outcomeOf(opened: Promise<Outcome | undefined>, signal: AbortSignal): Promise<Capture> {
  await Promise.race([opened, ended(signal)])
  if (signal.aborted) {
    void opened.then((late) => late?.ok && late.capture.close())
    throw superseded()
  }
  const outcome = await opened
  if (!outcome) throw superseded()
  if (!outcome.ok) throw outcome.error
  return outcome.capture
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Called at once, as the next call may be for the same device. */
function closeSuperseded(outcomes: Outcomes, signals: Signals): void {
  for (const source of sourcesOf(outcomes)) {
    const outcome = outcomes[source]
    if (outcome?.ok && !isCurrent(signals, source)) outcome.capture.close()
  }
}

const isCurrent = (signals: Signals, source: DeviceSource): boolean => signals.get(source)?.aborted === false

const sourcesOf = (requests: DeviceConstraints | Outcomes): DeviceSource[] =>
  (['microphone', 'camera'] as const).filter((source) => requests[source])

/** The user or a policy refused, or the browser cannot capture: a second try would end the same way. */
const isFinal = (cause: unknown): boolean =>
  cause instanceof LiveStreamError ||
  (cause instanceof Error && (cause.name === 'NotAllowedError' || cause.name === 'SecurityError'))
