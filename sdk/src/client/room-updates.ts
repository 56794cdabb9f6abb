import { LiveStreamError } from '../errors'
import type { EventQueue } from '../events/event-queue'
import { eventsOf, eventsOfSnapshot, type ParticipantLookup } from '../events/event-queue'
import type { LocalMedia } from '../media/local-media'
import type { Expected } from '../peering/link-health'
import type { Mesh } from '../peering/mesh'
import type { ServerClock } from '../ports/clock'
import { type Participant, participantOf, type Room, SOURCES, type SourceState, type Welcome } from '../protocol'
import type { RoomMessage } from '../signaling/session-ports'
import type { RoomStore } from '../state/store'
import type { SliceState } from '../verbs/slices'
import type { Log } from './logger'

export type RoomUpdatesPorts = {
  readonly store: RoomStore<SliceState>
  readonly eventQueue: EventQueue
  readonly media: LocalMedia
  /** Undefined without WebRTC: then all works but media. */
  readonly mesh: Mesh | undefined
  readonly log: Log
  readonly serverClock: ServerClock
  /** The ICE servers that the app chose; undefined: the server's. */
  readonly hasOwnIceServers: boolean
  /** The room has changed: elements that show media are updated. */
  readonly onRoomChanged: () => void
}

type MessageOf<T extends RoomMessage['type']> = Extract<RoomMessage, { type: T }>

/**
 * Applies the messages of the server: the store folds events, links get their signals, and the app's events are queued. Throws a
 * RangeError if an event is missing.
 */
export class RoomUpdates {
  readonly #ports: RoomUpdatesPorts
  /** What links and media were last given. */
  #applied: Room | undefined

  constructor(ports: RoomUpdatesPorts) {
    this.#ports = ports
  }

  /** @param isFirst whether this is the first welcome of the session */
  welcomed(welcome: Welcome, isFirst: boolean): void {
    const { store, eventQueue, mesh, hasOwnIceServers, serverClock } = this.#ports
    const { self, resumed } = welcome
    serverClock.set(welcome.serverTime)
    eventQueue.hold()
    const result = store.welcome(welcome)
    if (isFirst) eventQueue.addAbout(self, 'joined')
    else eventQueue.add({ name: 'reconnected', payload: { resumed } })
    if (result.resumed) for (const each of result.applied) eventQueue.addLater(() => eventsOf(each, self, this.#look))
    else eventQueue.addLater(() => eventsOfSnapshot(result, self, this.#look))
    if (!hasOwnIceServers) mesh?.setIceServers(welcome.iceServers)
  }

  message(message: RoomMessage): void {
    const { store, eventQueue, mesh, hasOwnIceServers } = this.#ports
    eventQueue.hold()
    switch (message.type) {
      case 'event':
        return this.#fold(message.logged)
      case 'signal':
        return mesh?.receive(message)
      case 'cast':
        return eventQueue.addCast(message.from, message.cast)
      case 'presence':
        store.presence(message.participantId, message.presence === 'reconnecting')
        return eventQueue.addAbout(message.participantId, 'presenceChanged')
      case 'iceServers':
        return hasOwnIceServers ? undefined : mesh?.setIceServers(message.iceServers)
      case 'rejected':
        return this.#rejected(message)
    }
  }

  #fold(logged: MessageOf<'event'>['logged']): void {
    const { store, eventQueue, serverClock } = this.#ports
    serverClock.reach(logged.at)
    const applied = store.apply(logged)
    if (applied !== undefined) eventQueue.addLater(() => eventsOf(applied, store.selfId, this.#look))
  }

  /** A link that misses a signal starts over by itself. The app gets an event only for what it sent itself. */
  #rejected({ what, error: { code, message, retryable } }: MessageOf<'rejected'>): void {
    this.#ports.log('debug', 'the server did not pass something on', { what, code })
    if (what === 'signal') return
    const error = new LiveStreamError(code, message, { retryable })
    this.#ports.eventQueue.add({ name: 'commandFailed', payload: { command: 'cast', error } })
  }

  /**
   * Gives links and media what has changed. A fold keeps the identity of what it does not change, so a heartbeat, a reply, a cast
   * or a chat message costs nothing here. `isBack`: after a reconnect links that are not connected start over.
   */
  apply(isBack: boolean): void {
    const { store, mesh, media, onRoomChanged } = this.#ports
    const { room, selfId } = store
    if (room === undefined || selfId === undefined) return
    const last = this.#applied
    if (last?.edges !== room.edges || isBack) mesh?.update({ selfId, seq: room.seq, edges: room.edges }, isBack)
    else mesh?.reach(room.seq)
    if (last?.participants !== room.participants) {
      media.applyRemoteState(participantOf(room, selfId) ?? null, room.mode.sources)
      mesh?.expect(expectedFrom(room.participants, selfId))
      onRoomChanged()
    }
    // Last: if something throws, it is done again at the next frame.
    this.#applied = room
  }

  readonly #look: ParticipantLookup = (id, past) => this.#ports.store.participant(id, past)
}

/** What others send now. */
const expectedFrom = (participants: readonly Participant[], selfId: string): Expected =>
  new Map(
    participants.flatMap(({ id, sources }) => {
      const sent = SOURCES.filter((source) => isSent(sources[source]))
      return id === selfId || sent.length === 0 ? [] : [[id, sent]]
    }),
  )

const isSent = ({ published, muted, interrupted }: SourceState): boolean => published && !muted && !interrupted
