import type { Clock } from '../ports/clock'
import { CountedFault, type Fault } from './fault'
import { fits, type MessageInTransit, type MessageRule } from './message-rule'

/** What a fault does to a message. */
export type MessageFault =
  | { readonly type: 'drop' }
  | { readonly type: 'duplicate' }
  /** Without `ms`: until the fault is lifted. */
  | { readonly type: 'delay'; readonly ms: number | undefined }
  | { readonly type: 'close'; readonly code: number }

/** What is done with a message. `heldUntil`: it is sent when this resolves. */
export type MessageAction =
  | { readonly type: 'pass'; readonly copies: number; readonly heldUntil: Promise<void> | undefined }
  | { readonly type: 'drop' }
  | { readonly type: 'close'; readonly code: number }

/** The action for a message without a fault. */
export const UNTOUCHED: MessageAction = { type: 'pass', copies: 1, heldUntil: undefined }

type Active = {
  readonly rule: MessageRule
  readonly messageFault: MessageFault
  readonly fault: CountedFault
  readonly lifted: Promise<void>
}

/** The faults on messages. */
export class MessageFaults {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #active = new Set<Active>()

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  set(rule: MessageRule, messageFault: MessageFault): Fault {
    let resolve = () => {}
    const lifted = new Promise<void>((done) => {
      resolve = done
    })
    const fault = new CountedFault(() => {
      this.#active.delete(active)
      resolve()
    })
    const active: Active = { rule, messageFault, fault, lifted }
    this.#active.add(active)
    return fault
  }

  clear(): void {
    for (const { fault } of this.#active) fault.lift()
  }

  /** Applies the faults in the order in which they were set, up to one that loses the message. */
  actionFor(inTransit: MessageInTransit): MessageAction {
    let copies = 1
    let heldUntil: Promise<void> | undefined
    for (const active of this.#active) {
      if (!this.#happens(active, inTransit)) continue
      const { messageFault, fault } = active
      fault.happen()
      if (messageFault.type === 'drop' || messageFault.type === 'close') return messageFault
      if (messageFault.type === 'duplicate') copies++
      else heldUntil = Promise.all([heldUntil, this.#held(active, messageFault.ms)]).then(() => {})
    }
    return copies === 1 && heldUntil === undefined ? UNTOUCHED : { type: 'pass', copies, heldUntil }
  }

  #happens({ rule, fault }: Active, inTransit: MessageInTransit): boolean {
    if (fault.count >= (rule.times ?? Number.POSITIVE_INFINITY) || !fits(rule, inTransit)) return false
    return rule.probability === undefined || this.#random() < rule.probability
  }

  #held({ lifted }: Active, ms: number | undefined): Promise<void> {
    if (ms === undefined) return lifted
    const { promise, cancel } = elapsed(this.#clock, ms)
    return Promise.race([promise, lifted]).finally(cancel)
  }
}

function elapsed(clock: Clock, ms: number): { promise: Promise<void>; cancel: () => void } {
  let cancel = () => {}
  const promise = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  return { promise, cancel: () => cancel() }
}
