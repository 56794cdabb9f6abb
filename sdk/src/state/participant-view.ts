import { type MediaView, perSource } from '../ports/participant-media'
import {
  isOnStage,
  mayActOn,
  type Participant,
  participantOf,
  permissionsOf,
  type Role,
  type Room,
  type Source,
} from '../protocol'
import type { ParticipantView, RoomView, SourceView } from './state'

/** No media and no links. */
export const NO_MEDIA: MediaView = {
  tracksOf: () => ({}),
  streamsOf: () => ({}),
  linkOf: () => null,
  soundOf: () => ({}),
}

/** What the view of a participant is made with. */
type ViewContext = {
  /** The room that it is in, or was. */
  readonly room: Room
  readonly selfId: string | undefined
  readonly reconnecting: ReadonlySet<string>
  readonly media: MediaView
}

/** A participant as the app sees it. */
export function participantView(of: Participant, { room, selfId, reconnecting, media }: ViewContext): ParticipantView {
  const { id, name, role, metadata, joinedAt } = of
  const { volume = 1, mutedForMe = false } = media.soundOf(id)
  const isSelf = id === selfId
  return {
    id,
    name,
    role,
    isSelf,
    isOnStage: isOnStage(role),
    ...(metadata === undefined ? {} : { metadata }),
    joinedAt,
    presence: reconnecting.has(id) ? 'reconnecting' : 'connected',
    sources: sourceViews(of, media.tracksOf(id), isSelf),
    streams: media.streamsOf(id),
    link: isSelf ? null : media.linkOf(id),
    volume,
    mutedForMe,
    ...(isSelf ? { can: permissionsOf(room, id) } : {}),
    canModerate: !isSelf && mayModerate(room, selfId, role),
  }
}

/** The permissions to mute, to remove and to give roles go together. The two roles decide whether they apply to the target. */
function mayModerate(room: Room, selfId = '', target: Role): boolean {
  const self = participantOf(room, selfId)
  return self !== undefined && permissionsOf(room, selfId).has('kick') && mayActOn(self.role, target)
}

function sourceViews(
  of: Participant,
  tracks: ReturnType<MediaView['tracksOf']>,
  isSelf: boolean,
): ParticipantView['sources'] {
  const view = (source: Source): SourceView => {
    const { [source]: state } = of.sources
    const { [source]: track } = tracks
    return {
      ...state,
      isLive: state.published && !state.muted && !state.interrupted,
      ...(track === undefined ? {} : { track }),
      ...(track !== undefined && isSelf && !source.startsWith('screen') ? deviceOf(track) : {}),
    }
  }
  return perSource(view)
}

/** A track without a device, such as that of a canvas, has no device id. Some tracks in Node have no settings. */
function deviceOf(track: MediaStreamTrack): Pick<SourceView, 'deviceId' | 'label'> {
  const deviceId = track.getSettings?.().deviceId
  return deviceId ? { deviceId, label: track.label } : {}
}

export function roomView({ id, instance, mode, locked, hostGraceUntil, openedAt }: Room): RoomView {
  return { id, instance, mode, locked, hostGraceUntil, openedAt }
}
