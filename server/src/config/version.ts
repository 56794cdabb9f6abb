import { version } from '../../package.json'

/** The version of this package. The build inlines it, because the bundle of an app does not contain our package.json. */
export const SERVER_VERSION: string = version
