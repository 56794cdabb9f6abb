import { fileURLToPath } from 'node:url'

/** A path of the repository. This runs below server/bench/dist. */
export const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
