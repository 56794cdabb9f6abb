import type { CountedFault } from './fault'
import type { FaultTarget } from './message-rule'

/** The current outages, and the identities that have them. */
export type Outages = Set<FaultTarget & { readonly fault: CountedFault }>
