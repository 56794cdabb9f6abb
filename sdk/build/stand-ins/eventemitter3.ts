// Stands in for eventemitter3 in the script file: the four methods that Peerstage calls.
// `sdk/test/stand-ins/eventemitter3.test.ts` calls both in the same ways.

type Listen = (...values: unknown[]) => void
type Entry = { readonly listen: Listen; readonly isOnce: boolean }

export class EventEmitter {
  /** Lists are replaced and not changed, so that an event in progress goes through the list that it began with. */
  readonly #lists = new Map<string, readonly Entry[]>()

  on(name: string, listen: Listen, isOnce = false): void {
    this.#lists.set(name, [...this.#listOf(name), { listen, isOnce }])
  }

  once(name: string, listen: Listen): void {
    this.on(name, listen, true)
  }

  /** Removes each entry of this listener. */
  off(name: string, listen: Listen, onceOnly = false): void {
    const stays = (entry: Entry) => entry.listen !== listen || (onceOnly && !entry.isOnce)
    this.#lists.set(name, this.#listOf(name).filter(stays))
  }

  emit(name: string, ...values: unknown[]): void {
    for (const { listen, isOnce } of this.#listOf(name)) {
      if (isOnce) this.off(name, listen, true)
      listen(...values)
    }
  }

  #listOf(name: string): readonly Entry[] {
    return this.#lists.get(name) ?? []
  }
}
