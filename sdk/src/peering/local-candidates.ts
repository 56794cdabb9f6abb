import type { Clock } from '../ports/clock'

/** How long a description waits for the first candidate. The machine's own are found 1 to 5 ms after it is set (Chromium 156). */
const FIRST_MS = 20

/**
 * The candidates of this side. Those that are found at once are sent in the description: a link then needs 2 signals instead of 10,
 * and the other side does not add candidates one by one, which blocks its page while a description is applied. Later ones are sent
 * as they come.
 */
export class LocalCandidates {
  readonly #clock: Clock
  readonly #policy: RTCIceTransportPolicy
  /** Resolves with the first candidate, or the end of the list. */
  readonly #some: Promise<void>
  #found = () => {}
  #areInDescription = true

  constructor(clock: Clock, policy: RTCIceTransportPolicy) {
    this.#clock = clock
    this.#policy = policy
    this.#some = new Promise((resolve) => {
      this.#found = resolve
    })
  }

  /** Whether this one is a signal of its own. Null ends the list. */
  find(candidate: RTCIceCandidate | null): boolean {
    if (!this.#areInDescription) return candidate !== null && !isActiveTcp(candidate.candidate)
    this.#found()
    return false
  }

  /**
   * To be called when a description was set. Resolves when it is to be read and sent: later candidates are not in it. Candidates
   * of TURN servers alone come too late to wait for.
   */
  async first(): Promise<void> {
    if (this.#policy !== 'relay') await this.#someFound()
    this.#areInDescription = false
  }

  async #someFound(): Promise<void> {
    const cancel = this.#clock.after(FIRST_MS, this.#found)
    await this.#some
    cancel()
    await nextTask()
  }
}

/** A description with the candidates of this side that would be sent, and with no more than `most`. */
export function candidatesToSend(sdp: string, most: number): string {
  let left = most
  return sdp.replace(/^a=candidate:.*\r?\n/gm, (line) => (isActiveTcp(line) || left-- <= 0 ? '' : line))
}

/** The other side needs no address of a connection that only this side opens: it learns it from the check (RFC 6544). */
const isActiveTcp = (candidate: string): boolean => candidate.includes(' tcptype active')

/** Candidates of several addresses come in tasks that follow each other. A timer would wait for a second in a hidden page. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
