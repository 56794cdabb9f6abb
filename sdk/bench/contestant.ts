import type { Kind } from '../../server/bench/harness/result'

/** What takes part in a bench of pages: a page that joins, and the program that serves its signaling. */
export type PageContestant = {
  readonly name: string
  readonly kind: 'ours' | Kind
  readonly page: string
  readonly program: string
}
