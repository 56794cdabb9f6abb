import { isOnStage, type Participant, type Presence, type Room, SOURCES, type Source } from '../protocol'
import type { LinkState, ParticipantView, RoomView, SourceView, StreamKind } from './state'

/** What this side knows of a participant beside the room's log: its media as it arrives, and the link to it. */
export type MediaView = {
  tracksOf(participantId: string): Readonly<Partial<Record<Source, MediaStreamTrack>>>
  streamsOf(participantId: string): Readonly<Partial<Record<StreamKind, MediaStream>>>
  linkOf(participantId: string): LinkState | null
  soundOf(participantId: string): { readonly volume?: number; readonly mutedForMe?: boolean }
}

/** A participant as the app sees it. */
export function participantView(
  of: Participant,
  isSelf: boolean,
  presence: Presence,
  media: MediaView,
): ParticipantView {
  const { id, name, role, metadata, joinedAt } = of
  const { volume = 1, mutedForMe = false } = media.soundOf(id)
  return {
    id,
    name,
    role,
    isSelf,
    isOnStage: isOnStage(role),
    ...(metadata === undefined ? {} : { metadata }),
    joinedAt,
    presence,
    sources: sourceViews(of, media.tracksOf(id), isSelf),
    streams: media.streamsOf(id),
    link: isSelf ? null : media.linkOf(id),
    volume,
    mutedForMe,
  }
}

function sourceViews(
  of: Participant,
  tracks: ReturnType<MediaView['tracksOf']>,
  isSelf: boolean,
): ParticipantView['sources'] {
  const view = (source: Source): SourceView => {
    const track = tracks[source]
    if (track === undefined) return of.sources[source]
    const isDevice = isSelf && !source.startsWith('screen')
    return { ...of.sources[source], track, ...(isDevice ? deviceOf(track) : {}) }
  }
  return Object.fromEntries(SOURCES.map((source) => [source, view(source)])) as Record<Source, SourceView>
}

/** A track that no device feeds, such as a canvas's, has no device's id. Not every track in Node has settings. */
function deviceOf(track: MediaStreamTrack): Pick<SourceView, 'deviceId' | 'label'> {
  const deviceId = track.getSettings?.().deviceId
  return deviceId ? { deviceId, label: track.label } : {}
}

export function roomView({ id, instance, mode, locked, hostGraceUntil, openedAt }: Room): RoomView {
  return { id, instance, mode, locked, hostGraceUntil, openedAt }
}
