import { isOnStage, type Participant, type Presence, type Room, SOURCES, type Source } from '../protocol'
import type { LinkState, ParticipantView, RoomView, SourceView, StreamKind } from './state'

/** What this side knows of a participant beside the room's log: its media as it arrives, and the link to it. */
export type Overlay = {
  tracksOf(participantId: string): Readonly<Partial<Record<Source, MediaStreamTrack>>>
  streamsOf(participantId: string): Readonly<Partial<Record<StreamKind, MediaStream>>>
  linkOf(participantId: string): LinkState | null
}

/** A participant as the app sees it. */
export function participantView(
  of: Participant,
  isSelf: boolean,
  presence: Presence,
  overlay: Overlay,
): ParticipantView {
  const { id, name, role, metadata, joinedAt } = of
  return {
    id,
    name,
    role,
    isSelf,
    isOnStage: isOnStage(role),
    ...(metadata === undefined ? {} : { metadata }),
    joinedAt,
    presence,
    sources: sourceViews(of, overlay.tracksOf(id)),
    streams: overlay.streamsOf(id),
    link: isSelf ? null : overlay.linkOf(id),
  }
}

function sourceViews(of: Participant, tracks: ReturnType<Overlay['tracksOf']>): ParticipantView['sources'] {
  const view = (source: Source): SourceView => {
    const track = tracks[source]
    return track === undefined ? of.sources[source] : { ...of.sources[source], track }
  }
  return Object.fromEntries(SOURCES.map((source) => [source, view(source)])) as Record<Source, SourceView>
}

export function roomView({ id, instance, mode, locked, hostGraceUntil, openedAt }: Room): RoomView {
  return { id, instance, mode, locked, hostGraceUntil, openedAt }
}
