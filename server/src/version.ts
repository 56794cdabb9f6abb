import { createRequire } from 'node:module'

/** The version of this package. What is built lies as far from its package.json as this file does. */
export const SERVER_VERSION: string = createRequire(import.meta.url)('../package.json').version
