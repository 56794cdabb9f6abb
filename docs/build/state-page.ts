import { code, generatedFrom, page, table } from './markdown'
import { SLICES_FOLDER, sliceTypes } from './slices'
import { type Commented, commentsOf, type Member } from './source-comments'

const STATE = 'sdk/src/state/state.ts'
const PROTOCOL = 'sdk/src/protocol'

type Section = {
  readonly name: string
  /** What it says first; otherwise what the first type says. */
  readonly intro?: string
  /** Where the fields are declared: file and type. */
  readonly from: readonly (readonly [path: string, type: string])[]
  /** More of its fields. */
  readonly add?: () => Commented[]
  readonly example: string
}

const SECTIONS: readonly Section[] = [
  {
    name: 'ClientState',
    intro:
      'What a client shows. While `status` is `joined` or `reconnecting`, `room` and `self` are there; otherwise they are null and all lists are empty.',
    from: [
      [STATE, 'InRoom'],
      [STATE, 'Outside'],
      [STATE, 'Left'],
      [STATE, 'Core'],
    ],
    add: () => sliceTypes('State'),
    example: `import { formatCount } from '@peerstage/sdk'

const state = client.getState()
if (state.status === 'left') show(state.error?.text ?? \`It is over: \${state.reason}.\`)
if (state.status === 'joined') show(\`\${state.self.name}, and \${formatCount(state.viewerCount)} watching\`)`,
  },
  {
    name: 'RoomView',
    from: [[STATE, 'RoomView']],
    example: `import { formatDuration } from '@peerstage/sdk'

const { room } = client.getState()
if (room) show(\`\${room.id}\${room.locked ? ', locked' : ''}, open since \${new Date(room.openedAt).toLocaleTimeString()}\`)
show(formatDuration(61_000)) // 1:01`,
  },
  {
    name: 'ParticipantView',
    from: [[STATE, 'ParticipantView']],
    example: `import type { ParticipantView } from '@peerstage/sdk'

const onStage = client.getState().participants.filter(({ isOnStage }) => isOnStage)
const label = ({ name, role, isSelf, presence }: ParticipantView) =>
  \`\${name}\${isSelf ? ' (you)' : ''}, \${role}\${presence === 'connected' ? '' : ', reconnecting …'}\`
render(onStage.map(label))`,
  },
  {
    name: 'SelfView',
    from: [[STATE, 'SelfView']],
    example: `const { self, participants } = client.getState()
button.hidden = !self?.can.has('lock')
render(participants.filter(({ canModerate }) => canModerate))`,
  },
  {
    name: 'SourceView',
    from: [
      [`${PROTOCOL}/sources.ts`, 'SourceState'],
      [STATE, 'SourceView'],
    ],
    example: `const { camera } = client.getState().self?.sources ?? {}
button.textContent = camera?.isLive ? 'Camera off' : 'Camera on'

// The device that is in use, for a menu of devices.
const devices = await client.media.devices()
render(devices.map(({ deviceId, label }) => ({ label, isChosen: deviceId === camera?.deviceId })))`,
  },
  {
    name: 'ChatMessage',
    from: [[`${PROTOCOL}/chat.ts`, 'ChatMessage']],
    example: `import type { ChatMessage } from '@peerstage/sdk'

const message: ChatMessage = {
  ...{ id: 'm_8f3', participantId: 'p_ada', name: 'Ada', role: 'host' },
  ...{ text: 'Welcome!', at: 1_800_000_000_000 },
}
const isOwn = message.participantId === client.getState().self?.id`,
  },
  {
    name: 'StageRequest',
    from: [[`${PROTOCOL}/stage.ts`, 'StageRequest']],
    example: `for (const { participantId } of client.getState().stageRequests) render(participantId)`,
  },
  {
    name: 'StageInvitation',
    from: [[`${PROTOCOL}/stage.ts`, 'StageInvitation']],
    example: `const { invitations, self } = client.getState()
const isInvited = invitations.some(({ participantId }) => participantId === self?.id)
if (isInvited) show('You are invited on stage.') // client.stage.request() accepts, client.stage.cancel() declines`,
  },
  {
    name: 'Mode',
    from: [[`${PROTOCOL}/roles.ts`, 'Mode']],
    example: `button.hidden = client.getState().room?.mode.sources.includes('screen') !== true`,
  },
]

/** Every field of the state, from the doc lines of its types. A field without one fails the build of the page. */
export function statePage(): string {
  return page(
    generatedFrom(`${STATE}, ${SLICES_FOLDER} and ${PROTOCOL}`),
    '# What is in the state',
    INTRODUCTION,
    ...SECTIONS.flatMap(sectionOf),
    'See also [events](events.md), and [errors](errors.md) for the errors in the state.',
  )
}

const INTRODUCTION = `\`client.state\`, the same as \`client.getState()\`, is the state that your page shows. It is immutable: parts that did not change are the same objects as before, so
\`React.memo\` and \`===\` find what to draw. \`client.subscribe(listener)\` calls the listener after each change and returns a function that removes it.
Before joining and after leaving, lists are empty, and \`room\` and \`self\` are null.`

function sectionOf({ name, intro, from, add, example }: Section): string[] {
  const declared = [...from.map(([path, type]) => declaredIn(path, type)), ...(add?.() ?? [])]
  const rows = declared.flatMap(({ members }) => [...members].map(([field, member]) => rowOf(name, field, member)))
  const [first] = [intro, ...declared.map(({ text }) => text)].filter((text) => text !== undefined)
  return [`## ${name}`, first ?? '', table(['field', 'type', 'what'], rows), `\`\`\`ts\n${example}\n\`\`\``]
}

function declaredIn(path: string, type: string): Commented {
  const declared = commentsOf(path).get(type)
  if (declared === undefined || declared.members.size === 0) throw new Error(`${path} declares no fields of ${type}.`)
  return declared
}

function rowOf(type: string, field: string, { text, source, isOptional }: Member): string[] {
  if (text === '') throw new Error(`${type}.${field} has no doc line.`)
  return [code(field), `${code(source)}${isOptional ? ', or absent' : ''}`, text]
}
