import type { LiveStreamClient, StreamKind } from '@peerstage/sdk'
import { useCallback } from 'react'

type Props = { client: LiveStreamClient; participantId: string; kind?: StreamKind }

/** Plays a participant's camera and microphone (`talk`) or shared screen (`screen`), as soon as there is something to play. */
export function Video({ client, participantId, kind = 'talk' }: Props) {
  // A ref that returns its own cleanup: `attach` returns what detaches.
  const attach = useCallback(
    (element: HTMLVideoElement) => client.media.attach(element, { participantId, kind }),
    [client, participantId, kind],
  )
  return <video ref={attach} autoPlay playsInline />
}
