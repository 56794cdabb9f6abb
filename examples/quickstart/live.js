// Going live: after joining, after being let on stage, and again after a device was blocked. Also shows mutes by a host.
import { banner, notice, ROLE_NAMES } from './elements.js'

export const BOTH = ['microphone', 'camera']
let asked = BOTH

/** Publishes those of the sources that the room's mode allows. */
export function goLive({ media, getState }, sources) {
  asked = sources
  const allowed = sources.filter((source) => getState().room.mode.sources.includes(source))
  if (allowed.length > 0) media.publish(Object.fromEntries(allowed.map((source) => [source, true])))
}

/** Returns the function that shows a state. `tab`: what survives a reload of this page. */
export function live(client, tab) {
  // A raised hand may be minutes old when a host approves it, so the participant confirms before going live.
  let isAsked = false
  let hasAccepted = false
  const muted = mutes(client, tab)
  client.on('stageInvitationClosed', ({ participant, outcome }) => {
    if (participant.isSelf) hasAccepted = outcome === 'accepted'
  })
  client.on('roleChanged', ({ participant, reason }) => {
    if (!participant.isSelf) return
    isAsked = participant.isOnStage && reason === 'stage' && !hasAccepted
    // The invitation already named camera and microphone.
    if (participant.isOnStage && reason === 'stage' && hasAccepted) goLive(client, BOTH)
    // `hosts.js` announces a new host.
    if (reason === 'moderation' && participant.role !== 'host')
      notice('role', `A host made you ${ROLE_NAMES[participant.role].toLowerCase()}.`)
    hasAccepted = false
    // The state was already shown when the event comes.
    show(client.getState())
  })
  client.on('commandFailed', ({ command, error }) => {
    if (command === 'media.publish') tellRefused(client, error)
  })
  const answer = (sources) => () => {
    isAsked = false
    goLive(client, sources)
    banner('on-stage')
  }

  function show({ self }) {
    const isLive = BOTH.some((source) => self.sources[source].published)
    isAsked &&= self.isOnStage && !isLive
    banner('on-stage', isAsked && 'You are on stage. All will see and hear you once you go live.', [
      ['Go live', answer(BOTH)],
      ['Microphone only', answer(['microphone'])],
      ['Not yet', answer([])],
    ])
    muted(self)
    if (isLive) banner('refused')
  }
  return show
}

const MUTED = {
  microphone: 'muted your microphone',
  camera: 'turned your camera off',
  screen: 'stopped your screen',
  screenAudio: 'muted your screen’s sound',
}

/** Says once for each mute who made it. */
function mutes(client, tab) {
  // A page that was loaded anew does not publish what was muted, so the state tells nothing of it.
  const before = tab.mutedBy ?? {}
  const told = {}

  return ({ isOnStage, sources }) => {
    for (const source of Object.keys(MUTED)) {
      if (!isOnStage || sources[source].published) delete before[source]
      const by = sources[source].mutedBy ?? before[source]
      if (by === told[source]) continue
      told[source] = by
      if (by) tellMuted(client, source, by)
      else banner(`muted-${source}`)
    }
    tab.mutedBy = { microphone: told.microphone, camera: told.camera }
  }
}

function tellMuted(client, source, by) {
  const name = client.getState().participants.find(({ id }) => id === by)?.name ?? 'A host'
  const isPublished = () => client.getState().self.sources[source].published
  const unmute = () => (isPublished() ? client.media.unmute(source) : goLive(client, [source]))
  banner(`muted-${source}`, `${name} ${MUTED[source]}.`, [
    [source === 'camera' ? 'Turn it on' : 'Unmute', unmute],
    ['OK', () => banner(`muted-${source}`)],
  ])
}

function tellRefused(client, error) {
  const again = asked
  banner('refused', error.text, [
    ['Try again', () => goLive(client, again)],
    ['Go on without', () => banner('refused')],
  ])
}
