import { LiveStreamClient, type LiveStreamClientOptions, type LiveStreamError } from '@peerstage/sdk'
import { useEffect, useState, useSyncExternalStore } from 'react'

/**
 * A room, joined with camera and microphone on for as long as the component is mounted. The options are read once: for
 * another room give the component another `key`.
 *
 * StrictMode runs effects twice, so it joins, leaves and joins again. The client supports this: the others see one join.
 */
export function useRoom(options: LiveStreamClientOptions) {
  const [client] = useState(() => new LiveStreamClient(options))
  const [error, setError] = useState<LiveStreamError | null>(null)
  const state = useSyncExternalStore(client.subscribe, client.getState, client.getState)

  useEffect(() => {
    const stopListening = client.on('commandFailed', (failed) => setError(failed.error))
    // The page shows failures: a failed join by the state `left`, the others by `error`.
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
