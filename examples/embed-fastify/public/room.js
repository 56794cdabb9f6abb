// The page of the room: it joins with a token of the app, shows the people and the chat, and leaves.
const { LiveStreamClient } = window.Peerstage
const client = new LiveStreamClient({ room: 'class', token: fetchToken })
/** @type {Map<string, HTMLElement>} */
const tiles = new Map()

/** The client calls it for each connection. The cookie identifies the user. */
async function fetchToken() {
  const response = await fetch('/token')
  if (!response.ok) throw new Error(`No token: ${response.status}`)
  return (await response.json()).token
}

// One button joins and leaves. Leaving is safe at any moment, also while joining.
$('door').onclick = () => (isOut() ? join() : client.leave())

const isOut = () => ['idle', 'left'].includes(client.getState().status)

async function join() {
  try {
    await client.join()
    await client.media.publish({ camera: true, microphone: true })
  } catch {
    // Shown below: a failed join by the state, a failed device by `commandFailed`.
  }
}

$('compose').onsubmit = (event) => {
  event.preventDefault()
  const input = /** @type {HTMLInputElement} */ ($('text'))
  const text = input.value.trim()
  if (!text) return
  input.value = ''
  // A rejected text (too long, for example) is put back for correction; `commandFailed` says why.
  client.chat.send(text).catch(() => {
    input.value ||= text
  })
}

client.on('commandFailed', ({ error }) => showProblem(error))
client.subscribe(show)
show()

function show() {
  const state = client.getState()
  const isIn = state.self !== null && !isOut()
  $('door').textContent = isOut() ? 'Join' : 'Leave'
  $('door').hidden = false
  $('room').hidden = !isIn
  showPeople(isIn ? state.participants : [])
  showMessages(state.messages)
  if (state.status === 'left') showProblem(state.error)
  if (state.status === 'joining') showProblem()
}

/** @param {readonly import('@peerstage/sdk').ParticipantView[]} participants */
function showPeople(participants) {
  for (const [id, tile] of tiles) {
    if (participants.some((participant) => participant.id === id)) continue
    tile.remove()
    tiles.delete(id)
  }
  for (const { id, name, role, isSelf } of participants) {
    const tile = tiles.get(id) ?? newTile(id)
    tile.classList.toggle('self', isSelf)
    const caption = tile.querySelector('p')
    if (caption) caption.textContent = `${name}${isSelf ? ' (you)' : ''}${role === 'host' ? ', host' : ''}`
  }
}

/** @param {string} id */
function newTile(id) {
  const tile = document.createElement('li')
  const video = document.createElement('video')
  tile.append(video, document.createElement('p'))
  $('people').append(tile)
  tiles.set(id, tile)
  // A video that was removed from the page releases the stream by itself.
  client.media.attach(video, { participantId: id, kind: 'talk' })
  return tile
}

/** @param {readonly import('@peerstage/sdk').ChatMessage[]} messages */
function showMessages(messages) {
  const lines = messages.map(({ name, text }) => {
    const line = document.createElement('li')
    const author = document.createElement('b')
    author.textContent = name
    line.append(author, ` ${text}`)
    return line
  })
  $('messages').replaceChildren(...lines)
}

/** @param {import('@peerstage/sdk').LiveStreamError} [error] */
function showProblem(error) {
  $('problem').textContent = error?.text ?? ''
}

// The app's own WebSocket, beside that of the room.
const pages = new WebSocket(new URL('/pages', location.href.replace(/^http/, 'ws')))
pages.addEventListener('message', ({ data }) => {
  $('pages').textContent = data === '1' ? '1 page open' : `${data} pages open`
})

/** @param {string} id */
function $(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`The page has no #${id}.`)
  return element
}
