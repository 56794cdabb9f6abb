// The other end of `Program`: what a program does with its requests.

type Request = { readonly id: number; readonly request: string; readonly payload: unknown }

export type Handlers<Payload> = Readonly<Record<string, (payload: Payload) => unknown>>

/** Answers the requests of the process that started this one, and ends with it. */
export function answerRequests<Payload>(handlers: Handlers<Payload>): void {
  process.on('message', (message: Request) => void answer(handlers, message))
  process.once('disconnect', () => process.exit())
}

async function answer<Payload>(handlers: Handlers<Payload>, { id, request, payload }: Request): Promise<void> {
  try {
    // Both ends are of the same build: a payload is what the request takes.
    const result = await handlers[request]?.(payload as Payload)
    process.send?.({ re: id, result })
  } catch (error) {
    process.send?.({ re: id, error: error instanceof Error ? error.message : String(error) })
  }
}
