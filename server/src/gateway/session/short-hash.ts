import { createHash } from 'node:crypto'

/**
 * A short name for what a log must not hold, the same each time: 16 hex digits of its SHA-256. It finds the lines of one
 * identity or session; it lets no client in. A reader that knows an identity can compute it: it gives no anonymity.
 */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
