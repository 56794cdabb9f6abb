import type { CountedFault } from './fault'
import type { FaultTarget } from './message-rule'

/** The current outages, each with the identity that it affects. */
export type Outages = Set<FaultTarget & { readonly fault: CountedFault }>
