import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'

/** What a track does by itself: it ends when its device goes away, and falls silent for a while when the system takes the device. */
export type CaptureEvents = { ended(): void; interrupted(now: boolean): void }

/** Tracks of the app on their way back to it, and whether they came enabled. */
const returning = new WeakMap<MediaStreamTrack, boolean>()

/**
 * One track in use, from its capture to its release.
 *
 * A track that we captured is stopped on release (the device's light goes out). A track that the app gave stays the app's:
 * it is only switched by `enabled`, never stopped, and handed back enabled or not as it came.
 */
export class Capture {
  readonly track: MediaStreamTrack
  readonly isOwn: boolean
  readonly #enabledBefore: boolean
  #unwatch: () => void = () => {}
  #closed = false

  constructor(track: MediaStreamTrack, { isOwn }: { isOwn: boolean }) {
    this.track = track
    this.isOwn = isOwn
    this.#enabledBefore = returning.get(track) ?? track.enabled
    returning.delete(track)
  }

  watch(events: CaptureEvents): void {
    this.#unwatch()
    const listeners = {
      ended: () => events.ended(),
      mute: () => events.interrupted(true),
      unmute: () => events.interrupted(false),
    }
    for (const [name, listener] of Object.entries(listeners)) this.track.addEventListener(name, listener)
    this.#unwatch = () => {
      for (const [name, listener] of Object.entries(listeners)) this.track.removeEventListener(name, listener)
    }
  }

  /**
   * Idempotent; no event comes after it.
   * @param unsent when no link sends the track any more: until then a track of the app is not enabled again
   */
  close(unsent: Promise<void> = Promise.resolve()): void {
    if (this.#closed) return
    this.#closed = true
    this.#unwatch()
    if (this.isOwn) this.track.stop()
    else this.#handBack(unsent)
  }

  #handBack(unsent: Promise<void>): void {
    returning.set(this.track, this.#enabledBefore)
    void unsent.then(() => {
      // Taken again meanwhile: whoever holds it now gives it back.
      if (returning.delete(this.track)) this.track.enabled = this.#enabledBefore
    })
  }
}

/** @throws LiveStreamError `no_device` for a track that has ended, `unsatisfied_constraints` for one of the wrong kind */
export function givenCapture(source: Source, track: MediaStreamTrack): Capture {
  const kind = isVideo(source) ? 'video' : 'audio'
  if (track.kind !== kind) {
    throw new LiveStreamError(
      'unsatisfied_constraints',
      `The ${source} takes a track of kind ${kind}, not ${track.kind}.`,
    )
  }
  if (track.readyState === 'ended')
    throw new LiveStreamError('no_device', `The track given for the ${source} has ended.`)
  return new Capture(track, { isOwn: false })
}

export const isVideo = (source: Source): boolean => source === 'camera' || source === 'screen'
