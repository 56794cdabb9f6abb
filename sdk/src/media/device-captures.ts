import { LiveStreamError } from '../errors'
import { Capture } from './capture'
import type { DeviceSource } from './constraints'
import type { DeviceAccess } from './device-access'
import { deviceError, insecureContext, noDevice, notSupported, superseded } from './device-errors'

/** Opens a device. `isWanted` is asked when its turn comes: nobody is shown a prompt for a wish that is gone. */
export type Acquire = (isWanted: () => boolean) => Promise<Capture>

export type DeviceRequests = Partial<Record<DeviceSource, MediaTrackConstraints>>

type Outcome = { readonly capture: Capture } | { readonly error: LiveStreamError }
type Outcomes = Partial<Record<DeviceSource, Outcome>>

/**
 * Opens cameras and microphones, one call of `getUserMedia` at a time for each: two at once for the same device would show
 * two prompts, and on some systems the second one finds the device in use by the first.
 */
export class DeviceCaptures {
  readonly #access: DeviceAccess
  readonly #turns: Record<DeviceSource, Promise<unknown>> = { microphone: Promise.resolve(), camera: Promise.resolve() }

  constructor(access: DeviceAccess) {
    this.#access = access
  }

  /**
   * For devices that are wished for together: one prompt for all. Where they cannot be had together (one is missing, in use or
   * blocked), each is tried alone. People who refuse such a prompt are taken to mean all of it, and are not asked again.
   */
  open(requests: DeviceRequests): Record<DeviceSource, Acquire> {
    const wanted = new Map<DeviceSource, () => boolean>()
    let outcomes: Promise<Outcomes> | undefined
    const acquire = async (source: DeviceSource, isWanted: () => boolean): Promise<Capture> => {
      wanted.set(source, isWanted)
      outcomes ??= this.#inTurn(requests, wanted)
      const outcome = (await outcomes)[source]
      if (!outcome) throw superseded()
      if ('error' in outcome) throw outcome.error
      return outcome.capture
    }
    return {
      microphone: (isWanted) => acquire('microphone', isWanted),
      camera: (isWanted) => acquire('camera', isWanted),
    }
  }

  async #inTurn(requests: DeviceRequests, wanted: ReadonlyMap<DeviceSource, () => boolean>): Promise<Outcomes> {
    const sources = sourcesOf(requests)
    const run = Promise.all(sources.map((source) => this.#turns[source])).then(() => {
      const left = sources.filter((source) => wanted.get(source)?.())
      return this.#openAll(left, requests, wanted)
    })
    for (const source of sources) this.#turns[source] = run
    return run
  }

  async #openAll(
    sources: DeviceSource[],
    requests: DeviceRequests,
    wanted: ReadonlyMap<DeviceSource, () => boolean>,
  ): Promise<Outcomes> {
    const [only] = sources
    if (only === undefined) return {}
    if (sources.length === 1) return this.#openOne(only, requests)
    const alone = (each: DeviceSource[]) => this.#openEach(each, requests, wanted)
    // One that is blocked would fail both, without a prompt.
    if ((await this.#inState(sources, 'denied')).length > 0) return alone(sources)
    try {
      return await this.#getUserMedia(sources, requests)
    } catch (cause) {
      if (!isRefusal(cause)) return alone(sources)
      // A prompt may have been refused. For what is granted no other one is shown: there the system refused one of the two.
      const granted = await this.#inState(sources, 'granted')
      return { ...this.#failed(sources, cause), ...(await alone(granted)) }
    }
  }

  async #openEach(
    sources: DeviceSource[],
    requests: DeviceRequests,
    wanted: ReadonlyMap<DeviceSource, () => boolean>,
  ): Promise<Outcomes> {
    const outcomes: Outcomes = {}
    for (const source of sources)
      if (wanted.get(source)?.()) Object.assign(outcomes, await this.#openOne(source, requests))
    return outcomes
  }

  #openOne(source: DeviceSource, requests: DeviceRequests): Promise<Outcomes> {
    return this.#getUserMedia([source], requests).catch((cause) => this.#failed([source], cause))
  }

  async #inState(sources: DeviceSource[], state: PermissionState): Promise<DeviceSource[]> {
    const states = await Promise.all(sources.map((source) => this.#access.permission(source)))
    return sources.filter((_, i) => states[i] === state)
  }

  #failed(sources: DeviceSource[], cause: unknown): Outcomes {
    return Object.fromEntries(sources.map((source) => [source, { error: deviceError(source, cause, this.#access) }]))
  }

  async #getUserMedia(sources: DeviceSource[], requests: DeviceRequests): Promise<Outcomes> {
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
      outcomes[source] = track ? { capture: new Capture(track, { isOwn: true }) } : { error: noDevice(source) }
    }
    return outcomes
  }
}

const sourcesOf = (requests: DeviceRequests): DeviceSource[] =>
  (['microphone', 'camera'] as const).filter((source) => requests[source])

/** A person said no (or the page may not ask), or there is nothing to ask: a second try would end the same way. */
const isRefusal = (cause: unknown): boolean =>
  cause instanceof LiveStreamError ||
  (cause instanceof Error && (cause.name === 'NotAllowedError' || cause.name === 'SecurityError'))
