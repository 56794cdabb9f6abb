// Who is banned from the room, for those who may let them back in. Only they are told, and only when they ask.
import { $, copyOf, listIn } from './elements.js'

/** Gives what is to be called with every state: whether the list is for this person. */
export function bans(client) {
  const showList = listIn($('ban-list'), (ban) => banRow(client, ban))
  let isFor = false
  const show = (list) => {
    showList(isFor ? list : [])
    $('bans').hidden = !isFor || list.length === 0
  }
  // What fails is asked again with the next change.
  const ask = () => isFor && client.moderation.bans().then(show, () => {})
  client.on('bansChanged', ask)
  client.on('reconnected', ask)

  return (isForNow) => {
    if (isForNow === isFor) return
    isFor = isForNow
    if (isFor) ask()
    else show([])
  }
}

function banRow(client, { id, name }) {
  const { element, parts } = copyOf('banned')
  parts.name.textContent = name
  parts.lift.setAttribute('aria-label', `Let ${name} in again`)
  parts.lift.onclick = () => client.moderation.unban(id)
  return { element, update() {} }
}
