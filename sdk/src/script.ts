// What the script file is made from: one global with all that `@peerstage/sdk` exports. Named one by one, since a bundler
// that hands over a whole namespace adds a layer of its own.
import { checkSupport, formatCount, formatDuration, LiveStreamClient, LiveStreamError, SDK_VERSION } from './index'

Object.assign(globalThis, {
  Peerstage: { LiveStreamClient, LiveStreamError, SDK_VERSION, checkSupport, formatCount, formatDuration },
})
