import { LiveStreamError } from '../errors'

/** Plain JavaScript passes anything. @throws LiveStreamError `invalid` */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function') throw new LiveStreamError('invalid', 'A listener must be a function.')
}
