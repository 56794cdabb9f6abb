// What this browser (`localStorage`) and this tab (`sessionStorage`) remember. A user can block both, and either can be full:
// then the page works all the same, and forgets when it goes.

export const browserMemory = memory('localStorage')
export const tabMemory = memory('sessionStorage')

function memory(area) {
  // Where storage is blocked, already naming it throws.
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
