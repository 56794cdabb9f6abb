// A live room on one page, with nothing but the public API. Read this file first: it joins, wires the parts, and leaves.
import { chat, reactions } from './chat.js'
import { controls } from './controls.js'
import { $, announce, banner } from './elements.js'
import { panel } from './panel.js'
import { people } from './people.js'
import { stage } from './stage.js'

const { LiveStreamClient, checkSupport, formatCount, formatDuration } = window.Peerstage
const form = $('join')
const { name, room, role } = form.elements
const BOTH = ['microphone', 'camera']

// A tab is a person, also when it is loaded anew, and two tabs are two people. "Duplicate tab" copies the storage, so what
// makes this one is in there only from its end to its next beginning.
const tab = JSON.parse(sessionStorage.tab ?? '{}')
tab.identity ??= crypto.getRandomValues(new Uint32Array(4)).join('-')
addEventListener('pagehide', () => {
  sessionStorage.tab = JSON.stringify(tab)
})
addEventListener('pageshow', () => sessionStorage.removeItem('tab'))
name.value = localStorage.name ?? ''
role.value = tab.role ?? 'guest'
// Who opens a second tab meets the first: this browser remembers its room.
room.value = new URLSearchParams(location.search).get('room') ?? localStorage.room ?? newRoomName()
localStorage.room = room.value

form.onsubmit = async (event) => {
  event.preventDefault()
  const cancelling = new AbortController()
  $('cancel').onclick = () => cancelling.abort()
  localStorage.name = name.value
  localStorage.room = room.value
  tab.role = role.value
  showJoining(true)
  // The server of this page, under a path of its own too: without `url` it would be the page's origin.
  const url = new URL('.', location).href
  const client = new LiveStreamClient({ url, room: room.value, name: name.value, token: fetchToken })
  try {
    await client.join({ signal: cancelling.signal })
    enter(client)
  } catch (error) {
    showJoining(false, error.code === 'aborted' ? '' : sentence(error))
  }
}

/** Here the server's dev mode gives a token to whoever asks. In your app, your backend decides who may have which. */
async function fetchToken() {
  const wanted = { room: room.value, identity: tab.identity, name: name.value, role: role.value }
  const response = await fetch(`dev/token?${new URLSearchParams(wanted)}`)
  return (await response.json()).token
}

function enter(client) {
  // Who comes back by itself finds on what was on: nobody goes live without having touched the page.
  const wanted = tab.joined === room.value ? tab.live : BOTH
  tab.joined = room.value
  history.replaceState(null, '', `?${new URLSearchParams({ room: room.value })}`)
  $('door').hidden = true
  $('room').hidden = false

  // The state flows one way: each part shows what it needs of it, and its buttons call the client.
  const parts = [header(client), stage(client), people(client), controls(client), chat(client)]
  const show = () => {
    const state = client.getState()
    if (state.status === 'left') return showEnd(state)
    tab.live = BOTH.filter((source) => isLive(state.self.sources[source]))
    for (const part of parts) part(state)
  }
  panel(show)
  reactions(client)
  $('room-name').focus()
  client.subscribe(show)
  client.on('commandFailed', showError)
  client.on('mediaError', showError)
  client.on('participantJoined', ({ participant }) => announce(`${participant.name} joined`))
  client.on('participantLeft', ({ participant }) => announce(`${participant.name} left`))
  client.on('roleChanged', ({ participant, reason }) => {
    // Who asked to come on stage wants to be seen there. Whom a host moved there decides that alone.
    if (participant.isSelf && participant.isOnStage && reason === 'stage') publish(client, BOTH)
  })
  if (client.getState().self.isOnStage && role.value === 'guest') publish(client, wanted)
}

const isLive = ({ published, muted }) => published && !muted

function publish({ media, getState }, wanted) {
  tab.role = 'guest'
  const { sources } = getState().room.mode
  media.publish(Object.fromEntries(wanted.filter((each) => sources.includes(each)).map((each) => [each, true])))
}

function header(client) {
  const { id, openedAt } = client.getState().room
  $('room-name').textContent = id
  $('leave').onclick = () => client.leave()
  for (const each of [$('copy-link'), $('invite-link')]) each.onclick = copyLink
  const tick = () => {
    $('duration').textContent = formatDuration(client.serverNow() - openedAt)
  }
  setInterval(tick, 1000)
  tick()
  const resumeSound = () => client.media.resumePlayback()
  const showBlocked = () =>
    banner('sound', client.media.playbackBlocked && 'Your browser holds the sound back.', [
      ['Tap to hear', resumeSound],
    ])
  client.on('playbackBlocked', showBlocked)
  showBlocked()

  return ({ status, room, viewerCount }) => {
    $('viewers').textContent = `${formatCount(viewerCount)} watching`
    $('locked').toggleAttribute('hidden', !room.locked)
    banner('connection', status === 'reconnecting' && 'Connection lost. Picture and sound go on while we try again…')
  }
}

async function copyLink() {
  const isCopied = await navigator.clipboard?.writeText(location.href).then(
    () => true,
    () => false,
  )
  banner('copied', isCopied ? 'Link copied. Whoever opens it can join.' : `The link: ${location.href}`)
  setTimeout(() => banner('copied'), 4000)
}

const sentence = ({ message, userAction }) => [message, userAction].filter(Boolean).join(' ')

function showError({ error }) {
  // Who closes a picker knows it.
  if (error.code === 'cancelled') return
  banner('error', sentence(error), [['OK', () => banner('error')]])
}

function showJoining(isJoining, problem = '') {
  $('join-button').disabled = isJoining
  $('join-button').textContent = isJoining ? 'Joining…' : 'Join the room'
  $('cancel').hidden = !isJoining
  $('problem').textContent = problem
}

/** Why one is out, in plain words. What is not here comes with a message of its own. */
const ENDS = {
  left: ['You left the room', 'See you soon.'],
  room_ended: ['The room has ended', 'The host closed it for everybody.'],
  removed: ['You were removed', 'A host removed you from this room.'],
  superseded: ['You are here in another tab', 'The room goes on where you opened it last.'],
}

function showEnd({ reason, error }) {
  delete tab.joined
  if (reason === 'room_ended') delete localStorage.room
  const [title, text] = ENDS[reason] ?? ['You are no longer in the room', error ? sentence(error) : '']
  $('end-title').textContent = title
  $('end-text').textContent = text
  $('rejoin').hidden = reason === 'removed' || reason === 'room_ended'
  $('rejoin').onclick = () => location.reload()
  $('room').hidden = true
  $('end-screen').hidden = false
  $('end-title').focus()
}

function newRoomName() {
  const pick = (words) => words[Math.floor(Math.random() * words.length)]
  const first = pick(['amber', 'calm', 'bright', 'early', 'gentle', 'green', 'quick', 'quiet', 'silver', 'warm'])
  const second = pick(['brook', 'cedar', 'finch', 'harbor', 'heron', 'lantern', 'maple', 'otter', 'sparrow', 'tide'])
  return `${first}-${second}-${Math.floor(Math.random() * 900) + 100}`
}

// The button waits for this script: a click before it would send the form to nowhere.
showJoining(false)
const can = checkSupport()
if (!can.watch) showJoining(false, 'This browser cannot show live video. Try a current one.')
else if (!can.secureContext) showJoining(false, 'Without https you can watch, but not use your camera or microphone.')
// A page that was loaded anew in the middle of a room goes straight back in.
else if (tab.joined === room.value && name.value) form.requestSubmit()
