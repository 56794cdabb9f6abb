// Libraries that watch objects wrap them in proxies, or copy them. Through a proxy no private member can be reached.

/** What Vue leaves as it is. MobX and Svelte leave what has a prototype of its own. */
const RAW = { __v_skip: true }

/** Verbs that no framework wraps or copies. They must not use `this`. */
export const raw = <T extends object>(verbs: T): T => Object.setPrototypeOf(verbs, RAW)

/**
 * Gives an object its methods and getters as properties of its own, bound to it: they work without it, and through whatever wraps it.
 * @param prototype where they are declared; a method of a subclass goes before
 */
export function standAlone(object: object, prototype: object): void {
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor') continue
    const own = get ? { get: get.bind(object) } : { value: Reflect.get(object, name).bind(object), writable: true }
    Object.defineProperty(object, name, { ...own, configurable: true })
  }
  Object.defineProperty(object, '__v_skip', { value: true })
}
