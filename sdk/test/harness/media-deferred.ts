/** A promise that the test settles. */
export type Deferred<T> = {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Lets everything that waits only on promises come to rest: a new turn of the event loop starts when no microtask is left. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
