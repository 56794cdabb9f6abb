// What the script file is made from: one global with all that `@peerstage/sdk` exports. Named one by one, as a bundler
// adds code of its own for a whole namespace.
import { checkSupport, formatCount, formatDuration, LiveStreamClient, LiveStreamError, SDK_VERSION } from './index'

Object.assign(globalThis, {
  Peerstage: { LiveStreamClient, LiveStreamError, SDK_VERSION, checkSupport, formatCount, formatDuration },
})
