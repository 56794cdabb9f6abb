// The chat, and the reactions that float over the stage.
import { $, button, copyOf, listIn, ROLE_NAMES } from './elements.js'

const EMOJIS = ['❤️', '🔥', '👏', '😮', '😂', '🎉']
/** Messages of one person within this many milliseconds stand under one name. */
const TOGETHER_MS = 120_000

export function chat(client) {
  const log = $('log')
  const showMessages = listIn($('messages'), (message) => messageRow(client, message))
  let unread = 0

  client.on('message', ({ isOwn }) => {
    if (isOwn || !$('chat').hidden) return
    unread++
    showUnread(unread)
  })
  $('compose').onsubmit = (event) => {
    event.preventDefault()
    const input = $('compose').elements.text
    const text = input.value.trim()
    if (!text) return
    input.value = ''
    client.chat.send(text).catch(() => {
      input.value ||= text
    })
  }

  return ({ messages }) => {
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
    showMessages(messages)
    if (wasAtEnd) log.scrollTop = log.scrollHeight
    $('no-messages').hidden = messages.length > 0
    if (!$('chat').hidden) unread = 0
    showUnread(unread)
  }
}

function messageRow(client, { id, participantId, name, role, text, at }) {
  const { element, parts } = copyOf('message')
  const when = new Date(at)
  parts.name.textContent = name
  parts.role.textContent = role === 'host' || role === 'cohost' ? ROLE_NAMES[role] : ''
  parts.time.textContent = when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  parts.time.dateTime = when.toISOString()
  parts.text.textContent = text
  parts.delete.setAttribute('aria-label', `Delete the message of ${name}`)
  parts.delete.onclick = () => client.chat.delete(id)
  return {
    element,
    update(_, before) {
      const { self } = client.getState()
      const isMine = participantId === self?.id
      element.classList.toggle('mine', isMine)
      element.classList.toggle('goes-on', before?.participantId === participantId && at - before.at < TOGETHER_MS)
      parts.delete.hidden = !isMine && !['host', 'cohost'].includes(self?.role)
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
