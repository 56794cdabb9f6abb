// Reactive libraries wrap objects in proxies, or copy them. Private members cannot be reached through a proxy.

/** Vue does not wrap objects with this mark; MobX and Svelte do not wrap objects with a prototype of their own. */
const RAW = { __v_skip: true }

/** Verbs that no framework wraps or copies. They must not use `this`. */
export const raw = <T extends object>(verbs: T): T => Object.setPrototypeOf(verbs, RAW)

/**
 * Gives an object its methods and getters as own properties, bound to it: they work without `this`, and through a proxy.
 * @param prototype where they are declared; a method of a subclass overrides them
 */
export function standAlone(object: object, prototype: object): void {
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor') continue
    const own = get ? { get: get.bind(object) } : { value: Reflect.get(object, name).bind(object), writable: true }
    Object.defineProperty(object, name, { ...own, configurable: true })
  }
  Object.defineProperty(object, '__v_skip', { value: true })
}
