// Ours, from the script file.
import type { LiveStreamClient } from '../../src/index'
import type { JoinTarget } from './join-page'
import { capture, media, timed } from './timing'

declare global {
  interface Window {
    Peerstage: typeof import('../../src/index')
  }
}

/** How long a person looks at a prejoin screen at least: meanwhile the first offer is made. */
const PREJOIN_MS = 500

let prepared: LiveStreamClient | undefined

const clientOf = ({ port, room }: JoinTarget, token = ''): LiveStreamClient =>
  new window.Peerstage.LiveStreamClient({ url: `ws://127.0.0.1:${port}`, room, token, iceServers: [] })

async function joinAndPublish(client: LiveStreamClient): Promise<void> {
  await client.join()
  const [camera, microphone] = [media().getVideoTracks()[0], media().getAudioTracks()[0]]
  if (camera === undefined || microphone === undefined) throw new Error('nothing is captured')
  await client.media.publish({ camera, microphone })
}

window.joinPage = {
  capture,
  host: (target) => joinAndPublish(clientOf(target, target.tokens?.host)),
  prepare: async (target) => {
    prepared = clientOf(target, target.tokens?.newcomer)
    await prepared.prepare()
    await new Promise((resolve) => setTimeout(resolve, PREJOIN_MS))
  },
  join: (target) =>
    timed((seen) => {
      const client = prepared ?? clientOf(target, target.tokens?.newcomer)
      client.on('trackAdded', ({ participant, track }) => {
        if (!participant.isSelf && track.kind === 'video') seen(new MediaStream([track]))
      })
      void joinAndPublish(client)
    }),
}
