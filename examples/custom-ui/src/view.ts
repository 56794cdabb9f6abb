// The page. It is drawn from the client's state, so it holds no state of its own; buttons call the client.
import type { ChatMessage, ClientState, LiveStreamClient, ParticipantView } from '@peerstage/sdk'

export type View = ReturnType<typeof createView>

/** Shows the client's room until `close()`. */
export function createView(client: LiveStreamClient) {
  const light = spotlight(client)
  const faces = listIn<ParticipantView>(byId('faces'), (participant) => face(client, participant, light.turnTo))
  const messages = listIn<ChatMessage>(byId('messages'), line)
  const problem = byId('problem')
  const [words, answer] = [one(problem, 'span'), one(problem, 'button')]

  function update() {
    const state = client.getState()
    byId('count').textContent = state.participants.length === 1 ? 'Just you' : `${state.participants.length} people`
    faces.update(state.participants.filter(({ isOnStage }) => isOnStage))
    messages.update(state.messages)
    light.update(state)
  }

  listenToButtons(client)
  show('show')
  update()

  return {
    update,
    /** Shows a text that needs no answer. */
    tell(text: string) {
      byId('news').textContent = text
      byId('news').hidden = false
    },
    /** Shows a text with a button beside it. */
    offer(text: string, label = 'OK', act?: () => void) {
      words.textContent = text
      answer.textContent = label
      answer.onclick = () => {
        problem.hidden = true
        act?.()
      }
      problem.hidden = false
    },
    /** Lets an emoji rise over the picture. */
    float(emoji: string) {
      const heart = document.createElement('span')
      heart.textContent = emoji
      heart.onanimationend = () => heart.remove()
      byId('hearts').append(heart)
    },
    close() {
      light.close()
      faces.update([])
      messages.update([])
      byId('hearts').replaceChildren()
      for (const id of ['news', 'problem']) byId(id).hidden = true
      show('door')
    },
  }
}

function listenToButtons(client: LiveStreamClient): void {
  const compose = byId('compose', HTMLFormElement)
  compose.onsubmit = (event) => {
    event.preventDefault()
    const input = one(compose, 'input')
    const text = input.value.trim()
    if (!text) return
    input.value = ''
    // A rejected text (too long, for example) is put back for correction; `commandFailed` says why.
    client.chat.send(text).catch(() => {
      input.value ||= text
    })
  }
  byId('heart').onclick = () => client.reactions.send('❤️')
  byId('leave').onclick = () => client.leave()
}

/** The large picture: the chosen participant, else the first other one with a camera on, else your own. */
function spotlight(client: LiveStreamClient) {
  const video = byId('light', HTMLVideoElement)
  let chosenId: string | undefined
  let shownId: string | undefined
  let detach = () => {}

  function update({ participants }: ClientState) {
    const seen = participants.filter(hasPicture)
    const next =
      seen.find(({ id }) => id === chosenId) ??
      seen.find(({ id, isSelf }) => id === shownId && !isSelf) ??
      seen.find(({ isSelf }) => !isSelf) ??
      seen[0]
    if (next?.id === shownId) return
    detach()
    shownId = next?.id
    video.hidden = next === undefined
    video.classList.toggle('mirrored', next?.isSelf === true)
    detach = next ? client.media.attach(video, { participantId: next.id, kind: 'talk' }) : () => {}
  }

  return {
    update,
    turnTo(participantId: string) {
      chosenId = participantId
      update(client.getState())
    },
    close: () => detach(),
  }
}

/** A round face with its own sound; a click makes it the large picture. */
function face(
  client: LiveStreamClient,
  { id, isSelf }: ParticipantView,
  turnTo: (id: string) => void,
): Row<ParticipantView> {
  const element = document.createElement('li')
  const button = document.createElement('button')
  const video = document.createElement('video')
  const name = document.createElement('span')
  button.append(video, name)
  button.onclick = () => turnTo(id)
  element.append(button)
  video.autoplay = true
  video.classList.toggle('mirrored', isSelf)
  const detach = client.media.attach(video, { participantId: id, kind: 'talk' })
  return {
    element,
    update(participant) {
      name.textContent = isSelf ? 'You' : participant.name
      button.classList.toggle('dark', !hasPicture(participant))
    },
    close: detach,
  }
}

/** No track arrives from a participant that is disconnected. */
const hasPicture = ({ sources: { camera } }: ParticipantView): boolean => camera.isLive && camera.track !== undefined

function line({ name, text }: ChatMessage): Row<ChatMessage> {
  const element = document.createElement('li')
  const author = document.createElement('b')
  author.textContent = name
  element.className = 'plate'
  element.append(author, ` ${text}`)
  return { element }
}

type Row<T> = { element: HTMLElement; update?(item: T): void; close?(): void }

/** Keeps a list's rows: makes one for each new id, updates those that stay, and removes those that went. */
function listIn<T extends { id: string }>(parent: HTMLElement, create: (item: T) => Row<T>) {
  const rows = new Map<string, Row<T>>()
  return {
    update(items: readonly T[]) {
      const ids = new Set(items.map(({ id }) => id))
      for (const [id, row] of rows) {
        if (ids.has(id)) continue
        row.close?.()
        row.element.remove()
        rows.delete(id)
      }
      for (const item of items) {
        const row = rows.get(item.id) ?? create(item)
        if (!rows.has(item.id)) parent.append(row.element)
        rows.set(item.id, row)
        row.update?.(item)
      }
    },
  }
}

function show(id: 'door' | 'show'): void {
  for (const each of ['door', 'show']) byId(each).hidden = each !== id
  // Moves the keyboard focus to the new content.
  if (id === 'show') one(byId('compose'), 'input').focus()
  else one(byId('join'), 'input').focus()
}

/** An element of index.html. @throws Error when it is not there */
export function byId<E extends HTMLElement = HTMLElement>(id: string, kind?: new () => E): E {
  const element = document.getElementById(id)
  if (element instanceof (kind ?? HTMLElement)) return element as E
  throw new Error(`index.html has no ${kind?.name ?? 'element'} #${id}.`)
}

function one<K extends keyof HTMLElementTagNameMap>(parent: HTMLElement, tag: K): HTMLElementTagNameMap[K] {
  const element = parent.querySelector(tag)
  if (element) return element
  throw new Error(`#${parent.id} holds no <${tag}>.`)
}
