// What this browser (`localStorage`) and this tab (`sessionStorage`) store. A user can block both, and either can be full:
// then the page still works, and forgets everything when it is closed.

export const browserMemory = memory('localStorage')
export const tabMemory = memory('sessionStorage')

function memory(area) {
  // If storage is blocked, even reading the property throws.
  const attempt = (use) => {
    try {
      return use(window[area])
    } catch {
      return null
    }
  }
  return {
    get: (key) => attempt((storage) => storage.getItem(key)),
    set: (key, value) => attempt((storage) => storage.setItem(key, value)),
    remove: (key) => attempt((storage) => storage.removeItem(key)),
  }
}
