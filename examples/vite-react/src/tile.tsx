import type { LiveStreamClient, ParticipantView, SourceView } from '@peerstage/sdk'
import { Video } from './video'

const isOn = ({ published, muted, interrupted }: SourceView) => published && !muted && !interrupted

type Props = { client: LiveStreamClient; participant: ParticipantView }

export function Tile({ client, participant }: Props) {
  const { id, name, isSelf, sources, presence } = participant
  return (
    <li className={isSelf ? 'tile self' : 'tile'} data-picture={isOn(sources.camera)}>
      {/* It plays the sound too, so it stays when the picture is off. */}
      <Video client={client} participantId={id} />
      <p>
        {name}
        {isSelf && ' (you)'}
        {presence === 'reconnecting' && ', reconnecting'}
        {!isOn(sources.microphone) && ', muted'}
      </p>
    </li>
  )
}
