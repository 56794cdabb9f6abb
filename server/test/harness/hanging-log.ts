import { memoryLog } from '../../src/index'
import type { RoomLog } from '../../src/ports/room-log'
import { alteredLog } from './altered-log'

/** A memory log whose appends wait between `hang` and `goOn`; then they are stored. */
export function hangingLog(): { readonly log: RoomLog; hang(): void; goOn(): void; readonly hanging: number } {
  const kept = memoryLog()
  let gate = Promise.resolve()
  let open = () => {}
  let hanging = 0
  const append: RoomLog['append'] = async (...args) => {
    hanging++
    await gate
    hanging--
    return kept.append(...args)
  }
  const log = alteredLog(kept, { append })
  return {
    log,
    hang: () => {
      gate = new Promise((resolve) => {
        open = resolve
      })
    },
    goOn: () => open(),
    /** How many appends wait. */
    get hanging() {
      return hanging
    },
  }
}
