// The host of the room: all people are told when it changes, and a leaving host is asked who follows.
import { $, banner, notice, ROLE_NAMES } from './elements.js'

const RANKS = Object.keys(ROLE_NAMES)

/** Returns the function that shows a state. */
export function hosts(client) {
  client.on('hostChanged', ({ participant, reason }) => {
    if (participant === null) {
      if (reason === 'hostless') notice('host', 'The room goes on without a host.')
    } else if (participant.isSelf) {
      if (reason !== 'joined') notice('host', 'You are the host now.')
    } else notice('host', `${participant.name} is the host now.`)
  })
  $('leave').onclick = () => leave(client)

  // Shown once for each wait, because screen readers read a changed text again.
  let wait = { until: null, text: '' }
  return ({ room: { hostGraceUntil: until } }) => {
    if (until !== wait.until) wait = { until, text: until && waitInWords(until - client.serverNow()) }
    banner('no-host', wait.text)
  }
}

const waitInWords = (ms) =>
  `The host is gone. A host can come back within ${Math.ceil(ms / 1000)} seconds; then a guest follows.`

/** Asks the only host of a room with other people in it who follows. */
async function leave(client) {
  const { self, participants } = client.getState()
  const others = participants.filter(({ isSelf }) => !isSelf)
  const isOnlyHost = self?.role === 'host' && !others.some(({ role }) => role === 'host')
  if (!isOnlyHost || others.length === 0) return client.leave()
  const choice = await askWhoFollows(others)
  if (choice === 'leave') client.leave()
  if (choice === 'end') client.moderation.endRoom()
  // A failure is shown, and the host can choose again.
  if (choice === 'hand-over')
    client.moderation.setRole($('successor').value, 'host').then(
      () => client.leave(),
      () => {},
    )
}

function askWhoFollows(others) {
  const byRank = [...others].sort((a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role))
  const options = byRank.map(({ id, name, role }) => new Option(`${name}, ${ROLE_NAMES[role].toLowerCase()}`, id))
  $('successor').replaceChildren(...options)
  const dialog = $('leaving')
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true })
  })
}
