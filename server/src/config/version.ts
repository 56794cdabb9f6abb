import { version } from '../../package.json'

/** The version of this package, written inside when it is built: a bundle of an app has no package.json of ours beside it. */
export const SERVER_VERSION: string = version
