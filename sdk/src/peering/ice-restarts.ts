import type { Clock } from '../ports/clock'
import { LAYOUT, type SignalBody } from '../protocol'
import type { LocalCandidates } from './local-candidates'
import type { WebRtc } from './webrtc'

export type IceRestartsPorts = {
  readonly pc: RTCPeerConnection
  readonly wrtc: WebRtc
  readonly clock: Clock
  readonly newCandidates: () => LocalCandidates
  /** Sends a signal of a restart. */
  readonly send: (body: SignalBody, restarts: number) => void
  /** A description could not be made or set. */
  readonly failed: (reason: string) => void
}

/** The shortest time between two restarts that an answerer follows; of those that come sooner, it follows the newest. */
const FOLLOW_MS = 500

/** A restart that runs: its number, counted from 1, and the candidates that this side finds for it. */
type Restart = {
  readonly number: number
  readonly candidates: LocalCandidates
  /** What came before the description of the other side. */
  readonly early: RTCIceCandidateInit[]
  isDescribed: boolean
}

/**
 * ICE restarts of a connection (RFC 8839 §4.4.1.1.1): other paths are looked for while media goes on over the old one, and DTLS,
 * tracks and their counters stay. Each restart is an offer and an answer with a number, so that late signals of one that was given
 * up are known. Descriptions are set one after the other; only the newest restart counts.
 */
export class IceRestarts {
  readonly #ports: IceRestartsPorts
  #current: Restart | undefined
  #last: Promise<void> = Promise.resolve()
  #isClosed = false
  #endPause = () => {}

  constructor(ports: IceRestartsPorts) {
    this.#ports = ports
  }

  get number(): number {
    return this.#current?.number ?? 0
  }

  /** The offerer starts the next restart. Returns its number. */
  start(): number {
    const restart = this.#begin(this.number + 1)
    const { pc } = this.#ports
    this.#run(restart, async () => {
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }))
      await this.#tell(restart, 'offer')
    })
    return restart.number
  }

  /** A signal of the other side for a restart. Those of earlier restarts are dropped. */
  accept(body: SignalBody, number: number): void {
    if (body.type === 'offer' && number > this.number) this.#answer(this.#begin(number), body.sdp)
    else if (number !== this.number || this.#current === undefined) return
    else if (body.type === 'answer') this.#take(this.#current, body.sdp)
    else if (body.type === 'candidate') this.#add(this.#current, body)
  }

  /** A candidate of this side. */
  found(candidate: RTCIceCandidate | null): void {
    const restart = this.#current
    if (restart === undefined || !restart.candidates.find(candidate) || candidate === null) return
    const { candidate: line, sdpMid, sdpMLineIndex } = candidate
    if (line !== '') this.#ports.send({ type: 'candidate', candidate: line, sdpMid, sdpMLineIndex }, restart.number)
  }

  close(): void {
    this.#isClosed = true
    this.#endPause()
  }

  #begin(number: number): Restart {
    this.#current = { number, candidates: this.#ports.newCandidates(), early: [], isDescribed: false }
    return this.#current
  }

  #answer(restart: Restart, sdp: string): void {
    const { pc } = this.#ports
    this.#run(restart, async () => {
      await this.#describe(restart, { type: 'offer', sdp })
      await pc.setLocalDescription(await pc.createAnswer())
      await this.#tell(restart, 'answer')
      await this.#pause()
    })
  }

  /** An answer fits the newest offer only. */
  #take(restart: Restart, sdp: string): void {
    this.#run(restart, async () => {
      if (this.#ports.pc.signalingState === 'have-local-offer') await this.#describe(restart, { type: 'answer', sdp })
    })
  }

  async #describe(restart: Restart, description: RTCSessionDescriptionInit): Promise<void> {
    const { pc } = this.#ports
    if (fingerprintsOf(description.sdp) !== fingerprintsOf(pc.remoteDescription?.sdp)) {
      throw new Error('the other side has another certificate')
    }
    await pc.setRemoteDescription(description)
    restart.isDescribed = true
    for (const candidate of restart.early.splice(0)) await this.#addNow(candidate)
  }

  #add(restart: Restart, { candidate, sdpMid, sdpMLineIndex }: Extract<SignalBody, { type: 'candidate' }>): void {
    const init = { candidate, sdpMid, sdpMLineIndex }
    if (restart.isDescribed) void this.#addNow(init)
    else restart.early.push(init)
  }

  /** Ignores a candidate that cannot be used, as others may work. */
  async #addNow(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#ports.pc.addIceCandidate(new this.#ports.wrtc.RTCIceCandidate(candidate))
    } catch {
      // See above.
    }
  }

  async #tell(restart: Restart, type: 'offer' | 'answer'): Promise<void> {
    await restart.candidates.first()
    const { sdp } = this.#ports.pc.localDescription ?? {}
    if (sdp === undefined || !this.#isNewest(restart)) return
    this.#ports.send(type === 'offer' ? { type, sdp, layout: LAYOUT } : { type, sdp }, restart.number)
  }

  /** After those before it, and only if no newer one has begun meanwhile. */
  #run(restart: Restart, work: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (!this.#isNewest(restart)) return
      try {
        await work()
      } catch (error) {
        if (this.#isNewest(restart))
          this.#ports.failed(`ICE could not restart (${error instanceof Error ? error.message : error})`)
      }
    })
  }

  #pause(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#ports.clock.after(FOLLOW_MS, resolve)
      this.#endPause = () => {
        cancel()
        resolve()
      }
    })
  }

  #isNewest(restart: Restart): boolean {
    return !this.#isClosed && restart === this.#current
  }
}

/** By the fingerprints of its certificate a side is known: a restart keeps them. */
const fingerprintsOf = (sdp: string | undefined): string =>
  [...new Set(sdp?.match(/^a=fingerprint:.*$/gim)?.map((line) => line.trim().toLowerCase()))].sort().join()
