import type { CountedFault } from './fault'
import type { Whose } from './message-rule'

/** The outages that are on, and whose they are. */
export type Outages = Set<Whose & { readonly fault: CountedFault }>
