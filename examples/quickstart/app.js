// A live room on one page, with the public API only. Read this file first: it joins, connects the parts, and leaves.
import { chat, reactions } from './chat.js'
import { controls } from './controls.js'
import { $, announce, banner, notice } from './elements.js'
import { hosts } from './hosts.js'
import { BOTH, goLive, live } from './live.js'
import { panel } from './panel.js'
import { people } from './people.js'
import { pins } from './pins.js'
import { stage } from './stage.js'
import { browserMemory, tabMemory } from './storage.js'

const { LiveStreamClient, checkSupport, formatCount, formatDuration } = window.Peerstage
const form = $('join')
const { name, room, role } = form.elements

// A tab is a person, also after a reload, and two tabs are two people. "Duplicate tab" copies the storage, so the id of
// this one is stored only from its unload to its next load.
const tab = JSON.parse(tabMemory.get('tab') ?? '{}')
tab.identity ??= crypto.getRandomValues(new Uint32Array(4)).join('-')
addEventListener('pagehide', () => tabMemory.set('tab', JSON.stringify(tab)))
addEventListener('pageshow', () => tabMemory.remove('tab'))
name.value = browserMemory.get('name') ?? ''
role.value = tab.role ?? 'guest'
// The browser remembers its room, so a second tab joins the first.
room.value = new URLSearchParams(location.search).get('room') ?? browserMemory.get('room') ?? newRoomName()
browserMemory.set('room', room.value)

form.onsubmit = async (event) => {
  event.preventDefault()
  const cancelling = new AbortController()
  $('cancel').onclick = () => cancelling.abort()
  browserMemory.set('name', name.value)
  browserMemory.set('room', room.value)
  tab.role = role.value
  showJoining(true)
  try {
    // The server of this page, also with a base path: without `url` it would be the page's origin.
    const url = new URL('.', location).href
    const client = new LiveStreamClient({ url, room: room.value, name: name.value, token: fetchToken })
    await client.join({ signal: cancelling.signal })
    enter(client)
  } catch (error) {
    showJoining(false, error.code === 'aborted' ? '' : error.text)
  }
}

/** The server's dev mode gives a token to every caller. In your app, your backend decides who gets which token. */
async function fetchToken() {
  const wanted = { room: room.value, identity: tab.identity, name: name.value, role: role.value }
  const response = await fetch(`dev/token?${new URLSearchParams(wanted)}`)
  const { token, error } = await response.json()
  if (error) throw new Error(error.message)
  return token
}

function enter(client) {
  // A reloaded page turns on what was on before: no device goes live unless the user has touched the page once.
  const isBack = tab.joined === room.value
  const wanted = isBack ? tab.live : role.value === 'guest' ? BOTH : []
  if (!isBack) delete tab.mutedBy
  tab.joined = room.value
  history.replaceState(null, '', `?${new URLSearchParams({ room: room.value })}`)
  $('door').hidden = true
  $('room').hidden = false

  // Data flows one way: each part shows its share of the state, and its buttons call the client.
  const parts = [header, hosts, live, stage, people, controls, pins, chat].map((part) => part(client, tab))
  const show = () => {
    const state = client.getState()
    if (state.status === 'left') return showEnd(state)
    const isOn = ({ published, muted }) => published && !muted
    tab.live = BOTH.filter((source) => isOn(state.self.sources[source]))
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
  if (client.getState().self.isOnStage) goLive(client, wanted)
}

function header(client) {
  const { id, openedAt } = client.getState().room
  $('room-name').textContent = id
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
  notice('copied', isCopied ? 'Link copied. Send it to others: it opens this room.' : `The link: ${location.href}`)
}

function showError({ command, error }) {
  // A user who closes a picker knows it; `live.js` shows what could not be published.
  if (error.code === 'cancelled' || command === 'media.publish') return
  banner('error', error.text, [['OK', () => banner('error')]])
}

function showJoining(isJoining, problem = '') {
  $('join-button').disabled = isJoining
  $('join-button').textContent = isJoining ? 'Joining…' : 'Join the room'
  $('cancel').hidden = !isJoining
  $('problem').textContent = problem
}

/** Texts for the reasons of leaving. Other reasons come with their own message. */
const ENDS = {
  left: ['You left the room', 'See you soon.'],
  room_ended: ['The room has ended', 'The host closed it for everybody.'],
  removed: ['You were removed', 'A host removed you from this room.'],
  superseded: ['You are here in another tab', 'The room goes on where you opened it last.'],
}

function showEnd({ reason, error }) {
  delete tab.joined
  if (reason === 'removed') tab.removedFrom = room.value
  if (reason === 'room_ended') browserMemory.remove('room')
  const [title, text] = ENDS[reason] ?? ['You are no longer in the room', error ? error.text : '']
  $('end-title').textContent = title
  $('end-text').textContent = text
  $('rejoin').hidden = reason === 'room_ended'
  $('rejoin').textContent = reason === 'removed' ? 'Ask again' : 'Join again'
  $('rejoin').onclick = () => {
    delete tab.removedFrom
    location.reload()
  }
  for (const id of ['door', 'room']) $(id).hidden = true
  $('end-screen').hidden = false
  $('end-title').focus()
}

function newRoomName() {
  const pick = (words) => words[Math.floor(Math.random() * words.length)]
  const first = pick(['amber', 'calm', 'bright', 'early', 'gentle', 'green', 'quick', 'quiet', 'silver', 'warm'])
  const second = pick(['brook', 'cedar', 'finch', 'harbor', 'heron', 'lantern', 'maple', 'otter', 'sparrow', 'tide'])
  return `${first}-${second}-${Math.floor(Math.random() * 900) + 100}`
}

// The button is disabled until this script runs: an earlier click would submit the form to no handler.
showJoining(false)
const can = checkSupport()
if (!can.watch) showJoining(false, 'This browser cannot show live video. Try a current one.')
else if (!can.secureContext) showJoining(false, 'Without https you can watch, but not use your camera or microphone.')

// A page that was reloaded in a room joins again at once, and a removed participant sees the reason again.
if (tab.removedFrom === room.value) showEnd({ reason: 'removed' })
else if (tab.joined === room.value && name.value && can.watch) form.requestSubmit()
else name.focus()
