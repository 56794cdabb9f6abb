// The list of bans, for moderators: only they may read it, and the client has to ask for it.
import { $, copyOf, listIn } from './elements.js'

/** Returns the function that shows a state: the list, if this person may see it. */
export function bans(client) {
  const showList = listIn($('ban-list'), (ban) => banRow(client, ban))
  let isFor = false
  const show = (list) => {
    showList(isFor ? list : [])
    $('bans').hidden = !isFor || list.length === 0
  }
  // After a failure the next change asks again.
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
