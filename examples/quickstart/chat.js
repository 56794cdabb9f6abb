// The chat, and the reactions that float over the stage.
import { $, button, copyOf, listIn, ROLE_NAMES } from './elements.js'
import { pinButton } from './pins.js'

const EMOJIS = ['❤️', '🔥', '👏', '😮', '😂', '🎉']
/** Messages of one person are grouped under one name: at most so many, within so many ms of the first. */
const TOGETHER = 6
const TOGETHER_MS = 120_000
/** The longest message that the server accepts by default. */
const LONGEST = 2000

export function chat(client) {
  const log = $('log')
  const showMessages = listIn($('messages'), ({ message }) => messageRow(client, message))
  const { text: input } = $('compose').elements
  let unread = 0

  client.on('message', ({ isOwn }) => {
    if (isOwn || !$('chat').hidden) return
    unread++
    showUnread(unread)
  })
  input.oninput = () => showLength(input.value)
  $('compose').onsubmit = (event) => {
    event.preventDefault()
    const text = input.value.trim()
    // A text that is too long stays in the field to be shortened; it is not cut silently.
    if (!text || tooMany(text) > 0) return
    input.value = ''
    showLength('')
    client.chat.send(text).catch(() => {
      input.value ||= text
      showLength(input.value)
    })
  }

  return ({ messages }) => {
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
    showMessages(grouped(messages))
    if (wasAtEnd) log.scrollTop = log.scrollHeight
    $('no-messages').hidden = messages.length > 0
    if (!$('chat').hidden) unread = 0
    showUnread(unread)
  }
}

/** Counts code points, not code units, because that is nearer to what people see as characters. */
const tooMany = (text) => [...text].length - LONGEST

function showLength(text) {
  const over = tooMany(text.trim())
  $('length').textContent = over > 0 ? `${over} characters too many` : over > -100 ? `${-over} characters left` : ''
  $('length').classList.toggle('problem', over > 0)
}

/** Says for each message whether it belongs to the group of the one before it. */
function grouped(messages) {
  let first = null
  let count = 0
  return messages.map((message) => {
    const goesOn =
      first?.participantId === message.participantId && message.at - first.at < TOGETHER_MS && count < TOGETHER
    if (!goesOn) first = message
    count = goesOn ? count + 1 : 1
    return { id: message.id, message, goesOn }
  })
}

function messageRow(client, message) {
  const { id, participantId, name, role, text, at } = message
  const { element, parts } = copyOf('message')
  const when = new Date(at)
  parts.name.textContent = name
  parts.role.textContent = role === 'host' || role === 'cohost' ? ROLE_NAMES[role] : ''
  parts.time.textContent = when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  parts.time.dateTime = when.toISOString()
  parts.text.textContent = text
  element.title = `${name}, ${when.toLocaleString()}`
  parts.delete.setAttribute('aria-label', `Delete the message of ${name}`)
  parts.delete.onclick = () => client.chat.delete(id)
  const showPin = pinButton(client, parts.pin, message)
  return {
    element,
    update({ goesOn }) {
      const { self } = client.getState()
      const isMine = participantId === self?.id
      element.classList.toggle('mine', isMine)
      element.classList.toggle('goes-on', goesOn)
      showPin()
      parts.delete.hidden = !isMine && !self?.can.has('deleteMessages')
    },
  }
}

function showUnread(count) {
  $('chat-button').querySelector('.badge').textContent = count || ''
  $('chat-button').setAttribute('aria-label', count ? `Chat, ${count} unread` : 'Chat')
  document.title = `${count ? `(${count}) ` : ''}${$('room-name').textContent} · Peerstage`
}

export function reactions(client) {
  for (const emoji of EMOJIS) {
    $('reactions').append(
      button(emoji, () => {
        client.reactions.send(emoji)
        float(emoji)
      }),
    )
  }
  client.on('reaction', ({ participant, emoji }) => {
    if (!participant.isSelf) float(emoji, participant.name)
  })
}

function float(emoji, from = '') {
  const element = document.createElement('span')
  element.append(emoji, Object.assign(document.createElement('small'), { textContent: from }))
  element.style.left = `${10 + Math.random() * 75}%`
  element.onanimationend = () => element.remove()
  $('floating').append(element)
}
