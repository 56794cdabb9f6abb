// The bar at the bottom: microphone, camera, screen, devices, the hand, and their keyboard shortcuts.
import { $, banner } from './elements.js'
import { goLive } from './live.js'

const { shareScreen: canShareScreen } = window.Peerstage.checkSupport()

export function controls(client) {
  const mine = (source) => client.getState().self.sources[source]
  const toggle = (source) => () => {
    const { published, muted } = mine(source)
    if (!published) goLive(client, [source])
    else if (muted) client.media.unmute(source)
    else client.media.mute(source)
  }
  $('microphone').onclick = toggle('microphone')
  $('camera').onclick = toggle('camera')
  $('screen').onclick = () => (mine('screen').published ? client.media.stopScreen() : client.media.shareScreen())
  $('hand').onclick = () => (hasHandUp(client.getState()) ? client.stage.cancel() : client.stage.request())
  $('step-down').onclick = () => client.stage.leave()
  $('devices').onclick = () => showDevices(client)
  listenToKeys()

  return (state) => {
    const { self, room } = state
    const may = (source) => self.isOnStage && room.mode.sources.includes(source)
    for (const source of ['microphone', 'camera', 'screen']) {
      $(source).hidden = !may(source)
      const { published, muted } = self.sources[source]
      $(source).setAttribute('aria-pressed', published && !muted)
    }
    $('screen').hidden ||= !canShareScreen
    $('devices').hidden = !self.isOnStage
    $('hand').hidden = self.isOnStage
    $('hand').classList.toggle('up', hasHandUp(state))
    $('hand').querySelector('span').textContent = hasHandUp(state) ? 'Lower hand' : 'Raise hand'
    $('step-down').hidden = !self.isOnStage || !self.can.has('leaveStage')
    showInvitation(client, state)
  }
}

const hasHandUp = ({ self, stageRequests }) => stageRequests.some(({ participantId }) => participantId === self.id)

function showInvitation({ stage }, { self, participants, invitations }) {
  const invitation = invitations.find(({ participantId }) => participantId === self.id)
  const host = participants.find(({ id }) => id === invitation?.by)
  banner('invitation', invitation && `${host?.name ?? 'The host'} invites you on stage, with camera and microphone.`, [
    ['Join the stage', () => stage.request()],
    ['No, thanks', () => stage.cancel()],
  ])
}

async function showDevices({ media, getState }) {
  const devices = await media.devices().catch(() => [])
  const { microphone, camera } = getState().self.sources
  $('device-menu').replaceChildren(
    devicePicker('Microphone', ofKind('audioinput'), microphone.track, (id) => media.switchDevice('microphone', id)),
    devicePicker('Camera', ofKind('videoinput'), camera.track, (id) => media.switchDevice('camera', id)),
  )
  function ofKind(kind) {
    return devices.filter((device) => device.kind === kind)
  }
}

function devicePicker(name, devices, track, choose) {
  const label = Object.assign(document.createElement('label'), { textContent: name })
  const select = document.createElement('select')
  const current = track?.getSettings().deviceId
  for (const { deviceId, label: text } of devices) {
    select.append(new Option(text || name, deviceId, false, deviceId === current))
  }
  // Browsers name devices only after one of them was allowed.
  if (devices.length === 0) select.append(new Option('Turn it on first'))
  select.onchange = () => choose(select.value)
  label.append(select)
  return label
}

/** A button's `aria-keyshortcuts` ("Alt+M") is shown in its title, and that key presses the button. */
function listenToKeys() {
  const buttons = new Map()
  for (const button of document.querySelectorAll('footer [aria-keyshortcuts]')) {
    const keys = button.getAttribute('aria-keyshortcuts')
    button.title = `${button.getAttribute('aria-label') ?? button.textContent} (${keys})`
    buttons.set(`Key${keys.at(-1)}`, button)
  }
  document.addEventListener('keydown', (event) => {
    const button = buttons.get(event.code)
    // Right Alt (AltGr) writes letters on many keyboards.
    if (!button || !event.altKey || event.ctrlKey || event.getModifierState('AltGraph')) return
    event.preventDefault()
    if (!button.hidden) button.click()
  })
}
