import type { CountedFault } from './fault'
import type { FaultTarget } from './message-rule'

/** The outages that are on, and whose they are. */
export type Outages = Set<FaultTarget & { readonly fault: CountedFault }>
