// Joins and leaves, and shows errors with what to do about them. view.ts draws the page.
import { LiveStreamClient, LiveStreamError } from '@peerstage/sdk'
import { byId, createView } from './view'
import './style.css'

const SERVER: string = import.meta.env.VITE_PEERSTAGE_URL ?? 'http://localhost:8080'
const room = new URLSearchParams(location.search).get('room') ?? 'late-show'

const form = byId('join', HTMLFormElement)
const enter = byId('enter', HTMLButtonElement)
const doorProblem = byId('door-problem')

form.onsubmit = async (event) => {
  event.preventDefault()
  enter.disabled = true
  doorProblem.textContent = ''
  try {
    await walkIn(String(new FormData(form).get('name')))
  } catch (error) {
    doorProblem.textContent = inWords(error)
  } finally {
    enter.disabled = false
  }
}

// The form has its listener now.
enter.disabled = false

async function walkIn(name: string): Promise<void> {
  // A server in dev mode needs no token. Otherwise add `token: () => fetch(…)`: see examples/embed-express.
  const client = new LiveStreamClient({ url: SERVER, room, name })
  await client.join()

  const view = createView(client)
  client.subscribe(view.update)
  client.on('participantJoined', ({ participant }) => view.tell(`${participant.name} walks in`))
  client.on('participantLeft', ({ participant }) => view.tell(`${participant.name} is gone`))
  client.on('reconnecting', () => view.tell('Connection lost. The picture goes on while we try again…'))
  client.on('reconnected', () => view.tell('Connected again'))
  client.on('reaction', ({ emoji }) => view.float(emoji))
  client.on('playbackBlocked', ({ blocked }) => {
    if (blocked) view.offer('Your browser holds the sound back.', 'Let me hear', () => client.media.resumePlayback())
  })
  client.on('mediaError', ({ error }) => view.offer(inWords(error)))
  client.on('commandFailed', ({ command, error }) => {
    if (command === 'media.publish') view.offer(inWords(error), 'Try again', goLive)
    else view.offer(inWords(error))
  })
  client.on('left', ({ error }) => {
    doorProblem.textContent = error ? inWords(error) : ''
    view.close()
  })

  // No need to wait or to catch: `commandFailed` reports a failure.
  function goLive() {
    client.media.publish({ camera: true, microphone: true })
  }
  goLive()
}

/** An error for people: what happened, and what they can do about it. */
function inWords(error: unknown): string {
  if (!(error instanceof LiveStreamError)) throw error
  return error.text
}
