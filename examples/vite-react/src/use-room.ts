import { LiveStreamClient, type LiveStreamClientOptions, type LiveStreamError } from '@peerstage/sdk'
import { useEffect, useState, useSyncExternalStore } from 'react'

/**
 * A place in a room, with camera and microphone on, for as long as the component is there. The options are read once: for
 * another room give the component another `key`.
 *
 * StrictMode runs effects twice, so it joins, leaves and joins again. The client is made for that: nobody sees a ghost.
 */
export function useRoom(options: LiveStreamClientOptions) {
  const [client] = useState(() => new LiveStreamClient(options))
  const [error, setError] = useState<LiveStreamError | null>(null)
  const state = useSyncExternalStore(client.subscribe, client.getState, client.getState)

  useEffect(() => {
    const stopListening = client.on('commandFailed', (failed) => {
      // A later call took its place: nothing to tell.
      if (failed.error.code !== 'aborted') setError(failed.error)
    })
    // What goes wrong is shown: a join that fails by the state, which is `left` then, and the rest by `error`.
    client
      .join()
      .then(() => client.media.publish({ camera: true, microphone: true }))
      .catch(() => {})
    return () => {
      stopListening()
      client.leave()
    }
  }, [client])

  return { client, state, error, dismissError: () => setError(null) }
}
