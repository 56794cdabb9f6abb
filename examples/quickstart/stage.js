// The stage: one tile for each person on it, and shared screens beside them. The audience has no tiles.
import { $, copyOf, listIn, ROLE_NAMES, showInitials } from './elements.js'

export function stage(client) {
  const showTiles = listIn($('tiles'), (participant) => personTile(client, participant))
  const showScreens = listIn($('screens'), (participant) => screenTile(client, participant))
  new ResizeObserver(fitTiles).observe($('tiles'))

  return ({ participants }) => {
    const onStage = participants.filter(({ isOnStage }) => isOnStage)
    const sharing = participants.filter(({ sources }) => sources.screen.published)
    showTiles(onStage)
    showScreens(sharing)
    $('stage').classList.toggle('sharing', sharing.length > 0)
    $('invite').hidden = participants.length !== 1 || onStage.length !== 1
    $('empty').hidden = onStage.length > 0
    fitTiles()
  }
}

function personTile(client, { id, isSelf }) {
  const { element, parts } = copyOf('tile')
  element.classList.toggle('self', isSelf)
  const detach = client.media.attach(parts.video, { participantId: id, kind: 'talk' })
  return {
    element,
    close: detach,
    update(participant) {
      const { name, role, sources } = participant
      element.classList.toggle('has-picture', sources.camera.isLive && Boolean(sources.camera.track))
      parts.name.textContent = isSelf ? `${name} (you)` : name
      parts.role.textContent = role === 'guest' ? '' : ROLE_NAMES[role]
      parts.microphone.toggleAttribute('hidden', sources.microphone.isLive)
      parts.note.textContent = noteOn(participant)
      showInitials(parts.initials, participant)
    },
  }
}

function screenTile(client, { id, isSelf }) {
  const { element, parts } = copyOf('tile')
  element.classList.add('has-picture')
  parts.microphone.remove()
  const detach = client.media.attach(parts.video, { participantId: id, kind: 'screen' })
  return {
    element,
    close: detach,
    update({ name }) {
      parts.name.textContent = isSelf ? 'Your screen' : `${name}'s screen`
    },
  }
}

function noteOn({ presence, link, sources }) {
  if (presence === 'reconnecting') return 'Reconnecting…'
  if (link === 'unwell') return 'The connection is poor. Another way is being looked for…'
  if (link === 'recovering') return 'Picture and sound are coming back…'
  if (sources.camera.interrupted) return 'Camera lost'
  return ''
}

/** Gives all tiles the largest size that fits, in columns and rows, each between square and 16:9. */
function fitTiles() {
  const box = $('tiles')
  const count = [...box.children].filter(({ hidden }) => !hidden).length
  const gap = 12
  let best = { width: 0, height: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const roomEach = (box.clientHeight - gap * (rows - 1)) / rows
    const width = Math.min((box.clientWidth - gap * (columns - 1)) / columns, (roomEach * 16) / 9)
    const height = Math.min(roomEach, width)
    if (width * height > best.width * best.height) best = { width, height }
  }
  box.style.setProperty('--width', `${Math.floor(best.width)}px`)
  box.style.setProperty('--height', `${Math.floor(best.height)}px`)
}
