// The list of people, and the actions of a host.
import { bans } from './bans.js'
import { $, banner, button, confirmed, copyOf, listIn, ROLE_NAMES, showInitials } from './elements.js'

export function people(client) {
  const showHands = listIn($('hand-list'), (participant) => handRow(client, participant))
  const showStage = listIn($('stage-list'), () => personRow(client))
  const showAudience = listIn($('audience-list'), () => personRow(client))
  const showBans = bans(client)
  roomActions(client)

  return ({ participants, self, room, stageRequests }) => {
    const asking = stageRequests.flatMap(
      ({ participantId }) => participants.find(({ id }) => id === participantId) ?? [],
    )
    const onStage = participants.filter(({ isOnStage }) => isOnStage)
    const audience = participants.filter(({ isOnStage }) => !isOnStage)
    const { can } = self
    const toDecide = can.has('manageStage') ? asking : []
    showHands(toDecide)
    showStage(onStage)
    showAudience(audience)
    showRequest(client, toDecide)
    $('hands').hidden = toDecide.length === 0
    $('stage-count').textContent = onStage.length
    $('audience-count').textContent = audience.length
    $('no-audience').hidden = audience.length > 0
    $('room-actions').hidden = !can.has('lock')
    showBans(can.has('ban'))
    $('lock').textContent = room.locked ? 'Unlock the room' : 'Lock the room'
    $('end').hidden = !can.has('endRoom')
    showBadge(toDecide.length)
  }
}

function showBadge(hands) {
  $('people-button').querySelector('.badge').textContent = hands || ''
  $('people-button').setAttribute('aria-label', hands ? `People, ${hands} with a raised hand` : 'People')
}

function handRow(client, participant) {
  const { element, parts } = copyOf('asking')
  const { id, name } = participant
  parts.name.textContent = name
  showInitials(parts.initials, participant)
  parts.approve.setAttribute('aria-label', `Approve ${name}`)
  parts.reject.setAttribute('aria-label', `Reject ${name}`)
  parts.approve.onclick = () => client.stage.approve(id)
  parts.reject.onclick = () => client.stage.reject(id)
  return { element, update() {} }
}

/** The oldest raised hand also shows over the stage, unless the list of people is open. */
function showRequest(client, [first]) {
  banner('request', first && $('people').hidden && `${first.name} would like to come on stage.`, [
    ['Let in', () => client.stage.approve(first.id)],
    ['Not now', () => client.stage.reject(first.id)],
  ])
}

function personRow(client) {
  const { element, parts } = copyOf('person')
  return {
    element,
    update(participant) {
      const { id, name, role, isSelf, isOnStage, presence, sources, canModerate } = participant
      const { stageRequests } = client.getState()
      showInitials(parts.initials, participant)
      parts.name.textContent = isSelf ? `${name} (you)` : name
      parts.about.textContent = presence === 'reconnecting' ? 'Reconnecting…' : ROLE_NAMES[role]
      parts.hand.hidden = !stageRequests.some(({ participantId }) => participantId === id)
      showSource(parts.microphone, 'Microphone', isOnStage, sources.microphone.isLive)
      showSource(parts.camera, 'Camera', isOnStage, sources.camera.isLive)
      parts.screen.toggleAttribute('hidden', !sources.screen.published)
      parts.menu.hidden = !canModerate
      parts.menu.setAttribute('aria-label', `Options for ${name}`)
      parts.menu.onclick = () => fillMenu(client, id)
    },
  }
}

function showSource(icon, name, isShown, isOn) {
  icon.toggleAttribute('hidden', !isShown)
  icon.classList.toggle('off', !isOn)
  icon.setAttribute('aria-label', `${name} ${isOn ? 'on' : 'off'}`)
}

/** The browser opens the menu itself (`popovertarget`); this fills it. */
function fillMenu(client, id) {
  const menu = $('person-menu')
  const { participants, self } = client.getState()
  const participant = participants.find((each) => each.id === id)
  const actions = actionsOn(client, participant, self)
  menu.replaceChildren(
    ...actions.map(([name, act, className]) =>
      button(
        name,
        () => {
          menu.hidePopover()
          act()
        },
        className,
      ),
    ),
  )
}

function actionsOn({ moderation, stage }, { id, name, role, sources }, self) {
  const setRole = (to) => () => moderation.setRole(id, to)
  return [
    sources.microphone.isLive && ['Mute the microphone', () => moderation.mute(id, 'microphone')],
    sources.camera.isLive && ['Turn the camera off', () => moderation.mute(id, 'camera')],
    role === 'viewer' && ['Invite to the stage', () => stage.invite(id)],
    role === 'guest' && ['Make co-host', setRole('cohost')],
    role === 'cohost' && ['Make guest', setRole('guest')],
    role !== 'host' && self.role === 'host' && ['Make host', setRole('host')],
    role !== 'viewer' && ['Move to the audience', setRole('viewer')],
    ['Remove from the room…', () => remove(moderation, id, name), 'danger'],
    ['Ban from the room…', () => ban(moderation, id, name), 'danger'],
  ].filter(Boolean)
}

async function remove(moderation, id, name) {
  const text = 'There is no way back in until the room closes.'
  if (await confirmed(`Remove ${name}?`, text, 'Remove')) moderation.kick(id)
}

async function ban(moderation, id, name) {
  const text = 'There is no way back in, in later meetings of this room either, until a host lets them in again.'
  if (await confirmed(`Ban ${name}?`, text, 'Ban')) moderation.ban(id)
}

function roomActions(client) {
  $('lock').onclick = () => {
    if (client.getState().room.locked) client.moderation.unlock()
    else client.moderation.lock()
  }
  $('end').onclick = async () => {
    if (await confirmed('End the room?', 'It ends for everybody.', 'End the room')) client.moderation.endRoom()
  }
}
