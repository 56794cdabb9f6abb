import { NOT_JOINED, type Requests } from '../ports/requests'
import { DEFAULT_LIMITS, type Limits, type Source, type SourceChange } from '../protocol'
import type { Sender } from '../signaling/sender'

/** How verbs and media reach the server. Each session has another sender, and between two sessions there is none. */
export class CurrentSender {
  sender: Sender | undefined

  get requests(): Requests {
    return this.sender ?? NOT_JOINED
  }

  get limits(): Limits {
    return this.sender?.limits ?? DEFAULT_LIMITS
  }

  /** Tells the room what changes in what we publish. While disconnected the latest change of each source waits. */
  readonly updateMedia = async (source: Source, change: SourceChange): Promise<void> => {
    await this.requests.request({ type: 'media.update', sources: { [source]: change } }, { latest: `media.${source}` })
  }
}
