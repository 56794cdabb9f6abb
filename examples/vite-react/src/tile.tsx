import type { LiveStreamClient, ParticipantView } from '@peerstage/sdk'
import { Video } from './video'

type Props = { client: LiveStreamClient; participant: ParticipantView }

export function Tile({ client, participant }: Props) {
  const { id, name, isSelf, sources, presence } = participant
  return (
    <li className={isSelf ? 'tile self' : 'tile'} data-picture={sources.camera.isLive}>
      {/* It plays the sound too, so it stays when the picture is off. */}
      <Video client={client} participantId={id} />
      <p>
        {name}
        {isSelf && ' (you)'}
        {presence === 'reconnecting' && ', reconnecting'}
        {!sources.microphone.isLive && ', muted'}
      </p>
    </li>
  )
}
