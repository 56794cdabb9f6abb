// Who hosts the room: all are told when that changes, and a host is asked what becomes of the room before leaving it.
import { $, banner, notice, ROLE_NAMES } from './elements.js'

const RANKS = Object.keys(ROLE_NAMES)

/** Gives what is to be called with every state. */
export function hosts(client) {
  client.on('hostChanged', ({ participant, reason }) => {
    if (participant === null) {
      if (reason === 'hostless') notice('host', 'The room goes on without a host.')
    } else if (participant.isSelf) {
      if (reason !== 'joined') notice('host', 'You are the host now.')
    } else notice('host', `${participant.name} is the host now.`)
  })
  $('leave').onclick = () => leave(client)

  // Said once for each wait: a text that changes is read out again.
  let wait = { until: null, text: '' }
  return ({ room: { hostGraceUntil: until } }) => {
    if (until !== wait.until) wait = { until, text: until && waitInWords(until - client.serverNow()) }
    banner('no-host', wait.text)
  }
}

const waitInWords = (ms) =>
  `The host is gone. A host can come back within ${Math.ceil(ms / 1000)} seconds; then a guest follows.`

/** The only host of a room with others in it says first who follows. */
async function leave(client) {
  const { self, participants } = client.getState()
  const others = participants.filter(({ isSelf }) => !isSelf)
  const isOnlyHost = self?.role === 'host' && !others.some(({ role }) => role === 'host')
  if (!isOnlyHost || others.length === 0) return client.leave()
  const choice = await askWhoFollows(others)
  if (choice === 'leave') client.leave()
  if (choice === 'end') client.moderation.endRoom()
  // What fails is told, and the host is still there to choose again.
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
