/** The heap in bytes once its garbage was collected. Needs --expose-gc. */
export async function heapWithoutGarbage(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc.')
  // What one round frees lets the next one free more.
  for (let round = 0; round < 5; round++) {
    globalThis.gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}
