import type { ClientState, DeviceSource, LiveStreamClient, LiveStreamError, SourceView } from '@peerstage/sdk'
import { Chat } from './chat'
import type { Visit } from './join-form'
import { Tile } from './tile'
import { useRoom } from './use-room'

const SERVER: string = import.meta.env.VITE_PEERSTAGE_URL ?? 'http://localhost:8080'

/** A ref that moves the focus to new content, for keyboards and screen readers. */
const focus = (element: HTMLElement | null) => element?.focus()

type Props = { visit: Visit; onLeave: () => void }

export function Room({ visit, onLeave }: Props) {
  // A server in dev mode needs no token. Otherwise add `token: () => fetch(…)`: see examples/embed-express.
  const { client, state, error, dismissError } = useRoom({ url: SERVER, ...visit })

  if (state.status === 'left') return <End state={state} onBack={onLeave} />
  if (state.self === null) return <p className="card">Joining…</p>
  const { room, self, participants, messages } = state
  return (
    <div className="room">
      <header>
        <h1 tabIndex={-1} ref={focus}>
          {room.id}
        </h1>
        <SourceButton client={client} source="microphone" view={self.sources.microphone} />
        <SourceButton client={client} source="camera" view={self.sources.camera} />
        <button type="button" className="danger" onClick={onLeave}>
          Leave
        </button>
      </header>
      {state.status === 'reconnecting' && (
        <p role="status">Connection lost. Picture and sound go on while we try again…</p>
      )}
      {error && <Problem error={error} onDismiss={dismissError} />}
      <main>
        <ul className="tiles" aria-label="On stage">
          {participants
            .filter(({ isOnStage }) => isOnStage)
            .map((participant) => (
              <Tile key={participant.id} client={client} participant={participant} />
            ))}
        </ul>
        <Chat client={client} messages={messages} />
      </main>
    </div>
  )
}

const ACTIONS = {
  microphone: { on: 'Unmute', off: 'Mute' },
  camera: { on: 'Start camera', off: 'Stop camera' },
}

type SourceButtonProps = { client: LiveStreamClient; source: DeviceSource; view: SourceView }

function SourceButton({ client, source, view: { published, muted } }: SourceButtonProps) {
  function toggle() {
    if (!published) client.media.publish({ [source]: true })
    else if (muted) client.media.unmute(source)
    else client.media.mute(source)
  }
  return (
    <button type="button" onClick={toggle}>
      {ACTIONS[source][published && !muted ? 'off' : 'on']}
    </button>
  )
}

function Problem({ error, onDismiss }: { error: LiveStreamError; onDismiss: () => void }) {
  return (
    <p role="alert">
      {error.text}{' '}
      <button type="button" onClick={onDismiss}>
        OK
      </button>
    </p>
  )
}

type EndProps = { state: Extract<ClientState, { status: 'left' }>; onBack: () => void }

function End({ state: { error }, onBack }: EndProps) {
  return (
    <main className="card">
      <h1 tabIndex={-1} ref={focus}>
        You are not in the room
      </h1>
      {error && <p role="alert">{error.text}</p>}
      <button type="button" className="primary" onClick={onBack}>
        Back
      </button>
    </main>
  )
}
