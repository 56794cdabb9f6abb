// The pinned messages above the chat: the newest pin first.
import { $, announce, copyOf, listIn } from './elements.js'

export function pins(client) {
  const showPins = listIn($('pins'), (message) => pinRow(client, message))
  client.on('messagePinned', ({ message }) => announce(`Pinned: ${message.name}, ${message.text}`))

  return ({ pinnedMessages }) => {
    showPins(pinnedMessages)
    $('pins').hidden = pinnedMessages.length === 0
  }
}

function pinRow(client, { id, name, text }) {
  const { element, parts } = copyOf('pinned')
  parts.name.textContent = name
  parts.text.textContent = text
  element.title = text
  parts.unpin.setAttribute('aria-label', `Unpin the message of ${name}`)
  parts.unpin.onclick = () => client.chat.unpin(id)
  return {
    element,
    update() {
      parts.unpin.hidden = !mayPin(client)
    },
  }
}

const mayPin = (client) => client.getState().self?.can.has('pinMessages') === true

/** The button of a message of the chat that pins it, or takes the pin away. */
export function pinButton(client, element, { id, name }) {
  element.onclick = () => (isPinned(client, id) ? client.chat.unpin(id) : client.chat.pin(id))
  return () => {
    const verb = isPinned(client, id) ? 'Unpin' : 'Pin'
    element.hidden = !mayPin(client)
    element.title = verb
    element.setAttribute('aria-label', `${verb} the message of ${name}`)
    element.classList.toggle('on', verb === 'Unpin')
  }
}

const isPinned = (client, id) => client.getState().pinnedMessages.some((message) => message.id === id)
