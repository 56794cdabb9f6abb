import type { BreakableLog } from './breakable-log'
import { CountedFault, type Fault } from './fault'
import type { FaultProxy, Outages } from './fault-proxy'
import type { Direction } from './frame'
import type { MessageFaults } from './message-faults'
import type { FaultTarget, MessageRule } from './message-rule'
import { ABNORMAL, type ProxiedConnection } from './proxied-connection'

/** Which messages are held back, and for how long. */
export type DelayRule = MessageRule & {
  /** Milliseconds by the server's clock, which a test can advance. Default: until the fault is lifted. */
  readonly ms?: number
}

/** At which message a connection is closed, and how. */
export type CloseRule = MessageRule & {
  /** The WebSocket close code. Default 1006: the connection breaks without a close frame. */
  readonly code?: number
}

/** The faults of a test server. Those of messages and connections happen between client and server. */
export interface Faults {
  /** Loses messages, while the connection goes on. */
  drop(rule: MessageRule): Fault
  /** Lets messages arrive twice. */
  duplicate(rule: MessageRule): Fault
  /**
   * Delays messages, and everything after them on the connection, so that the order stays. This includes pings and pongs, so
   * after some 15 s the other end considers the connection dead.
   */
  delay(rule: DelayRule): Fault
  /**
   * Closes the connection instead of relaying a message: that message and all after it are lost. At a `reply` of the server,
   * the command was done, and the client does not know it.
   * @throws RangeError if the code is invalid
   */
  closeAt(rule: CloseRule): Fault
  /**
   * Closes connections now. A close code of the protocol (4401, 1012, …) is sent with its goodbye; 1006, the default, breaks
   * the connection without a close frame. For the server the client is lost.
   * @throws Error if no client is connected; RangeError if the code is invalid
   */
  close(options?: FaultTarget & { readonly code?: number }): void
  /**
   * Makes connections half-open: nothing is read or written, and neither end notices that the other is gone. New connections are not
   * affected. Delayed messages arrive when the fault is lifted.
   * @throws Error if no client is connected
   */
  stall(options?: FaultTarget & { readonly direction?: 'up' | 'down' }): Fault
  /** Breaks connections, and rejects new ones until it is lifted. It counts each connection that it breaks or rejects. */
  offline(options?: FaultTarget): Fault
  /**
   * Expires the token of an identity's connections now. The server asks the client for a fresh one (`session.refreshNeeded`);
   * without it the connection is closed with 4401 after the server's grace of 30 s by the server's clock. The token itself is
   * rejected from now on, also on new connections. (A backend that signs twice within a second makes the same token
   * twice; `server.token` does not.)
   * @throws Error if no client is connected with a token
   */
  expireToken(identity: string): void
  /** The log of the server. */
  readonly log: {
    /** Takes the log down: commands are rejected with `unavailable`, and joins are rejected with a later retry. */
    fail(): void
    /** Brings the log back, with all its data. */
    heal(): void
  }
  /** Lifts all faults, and brings the log back. Expired tokens stay expired. */
  clear(): void
}

export type FaultPorts = {
  readonly messages: MessageFaults
  readonly proxy: Pick<FaultProxy, 'connections'>
  readonly outages: Outages
  readonly expired: Set<string>
  readonly log: BreakableLog
}

/** Creates the faults of a server from the ports that inject them. */
export function createFaults(ports: FaultPorts): Faults {
  const { messages, outages, log } = ports
  const stalls = new Set<Fault>()
  const setBroken = (isBroken: boolean) => {
    log.isBroken = isBroken
  }
  return {
    drop: (rule) => messages.set(rule, { type: 'drop' }),
    duplicate: (rule) => messages.set(rule, { type: 'duplicate' }),
    delay: ({ ms, ...rule }) => messages.set(rule, { type: 'delay', ms }),
    closeAt: ({ code, ...rule }) => messages.set(rule, { type: 'close', code: closeCode(code) }),
    ...connectionFaults(ports, stalls),
    log: { fail: () => setBroken(true), heal: () => setBroken(false) },
    clear() {
      messages.clear()
      for (const { fault } of outages) fault.lift()
      for (const fault of stalls) fault.lift()
      setBroken(false)
    },
  }
}

type ConnectionFaults = Pick<Faults, 'close' | 'stall' | 'offline' | 'expireToken'>

function connectionFaults({ proxy, outages, expired }: FaultPorts, stalls: Set<Fault>): ConnectionFaults {
  return {
    close({ identity, code } = {}) {
      const checked = closeCode(code)
      for (const connection of connected(proxy, identity)) connection.cut(checked)
    },
    stall({ identity, direction } = {}) {
      const fault = stall(connected(proxy, identity), direction, () => stalls.delete(fault))
      stalls.add(fault)
      return fault
    },
    offline({ identity } = {}) {
      const fault: CountedFault = new CountedFault(() => outages.delete(outage))
      const outage = identity === undefined ? { fault } : { identity, fault }
      outages.add(outage)
      for (const connection of proxy.connections(identity)) {
        fault.happen()
        connection.cut(ABNORMAL)
      }
      return fault
    },
    expireToken(identity) {
      const connections = connected(proxy, identity).filter(({ token }) => token !== undefined)
      if (connections.length === 0) throw new Error(`${identity} is connected without a token.`)
      for (const connection of connections) {
        expired.add(connection.token ?? '')
        connection.expireToken()
      }
    },
  }
}

/** @throws Error when there is none */
function connected(proxy: FaultPorts['proxy'], identity: string | undefined): ProxiedConnection[] {
  const connections = proxy.connections(identity)
  if (connections.length > 0) return connections
  throw new Error(`No client is connected${identity === undefined ? '' : ` as ${identity}`}.`)
}

function stall(connections: readonly ProxiedConnection[], direction: Direction | undefined, lifted: () => void): Fault {
  const fault = new CountedFault(() => {
    for (const connection of connections) connection.release()
    lifted()
  })
  for (const connection of connections) {
    fault.happen()
    connection.stall(direction)
  }
  return fault
}

/** @throws RangeError for a code that a WebSocket must not send (RFC 6455 §7.4); 1006 is allowed and means no close frame */
function closeCode(code = ABNORMAL): number {
  const isKnown = code >= 1000 && code <= 1014 && ![1004, 1005].includes(code)
  if (Number.isInteger(code) && (isKnown || (code >= 3000 && code <= 4999))) return code
  throw new RangeError('A close code is 1000 to 1003, 1006 to 1014, or 3000 to 4999.')
}
