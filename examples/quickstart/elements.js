// Functions that build the page. They set text by `textContent` only, so that user input never becomes markup.

export const $ = (id) => document.getElementById(id)

/** A copy of a <template>: its element, and the parts in it by their `data-part`. */
export function copyOf(templateId) {
  const element = $(templateId).content.firstElementChild.cloneNode(true)
  const parts = {}
  for (const part of element.querySelectorAll('[data-part]')) parts[part.dataset.part] = part
  return { element, parts }
}

/**
 * Keeps a container's children in step with a list whose items have an `id`.
 * `create(item)` gives `{ element, update(item), close?() }`; an element lives as long as its item.
 */
export function listIn(container, create) {
  const rows = new Map()
  return (items) => {
    const ids = new Set(items.map(({ id }) => id))
    for (const [id, row] of rows) {
      if (ids.has(id)) continue
      const hadFocus = row.element.contains(document.activeElement)
      row.close?.()
      row.element.remove()
      rows.delete(id)
      // Keyboard users continue from here, not from the top of the page. Only lists of the panel have buttons.
      if (hadFocus) $('panel-title').focus()
    }
    items.forEach((item, index) => {
      if (!rows.has(item.id)) rows.set(item.id, create(item))
      const row = rows.get(item.id)
      row.update(item)
      const place = container.children[index]
      if (place !== row.element) container.insertBefore(row.element, place ?? null)
    })
  }
}

/** A <button> with a name and what it does. */
export function button(name, onclick, className = '') {
  return Object.assign(document.createElement('button'), { textContent: name, onclick, className })
}

/** Shows a message over the stage, or removes it if there is no `text`. `actions` are pairs of name and function. */
export function banner(id, text, actions = []) {
  const shown = document.querySelector(`#banners [data-id="${id}"]`)
  if (shown && shown.dataset.text === text) {
    // The same text may be about another person now. Replacing it would make screen readers read it again.
    shown.querySelectorAll('button').forEach((each, index) => {
      each.onclick = actions[index][1]
    })
    return
  }
  shown?.remove()
  if (!text) return
  const element = document.createElement('p')
  Object.assign(element.dataset, { id, text })
  element.append(Object.assign(document.createElement('span'), { textContent: text }))
  element.append(...actions.map(([name, act], index) => button(name, act, index ? '' : 'primary')))
  $('banners').append(element)
}

/** How long a notice stays, in ms, unless the pointer or the focus is on it. */
const NOTICE_MS = 10_000
const notices = new Map()

/** Like `banner`, but disappears after a while. */
export function notice(id, text, actions = []) {
  clearTimeout(notices.get(id))
  banner(id)
  banner(id, text, [...actions, ['OK', () => banner(id)]])
  const end = () => {
    const shown = document.querySelector(`#banners [data-id="${id}"]`)
    if (shown?.matches(':hover, :focus-within')) wait()
    else banner(id)
  }
  const wait = () => notices.set(id, setTimeout(end, NOTICE_MS))
  wait()
}

/** Announces a text to screen readers. */
export function announce(text) {
  $('announcer').textContent = text
}

/** Asks for confirmation of an action that cannot be undone. */
export function confirmed(title, text, yes) {
  const dialog = $('question')
  $('question-title').textContent = title
  $('question-text').textContent = text
  $('question-yes').textContent = yes
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}

/** Fills the circle of a person: initials, on a color that stays the same for the same participant. */
export function showInitials(element, { id, name }) {
  const words = name.trim().split(/\s+/).slice(0, 2)
  element.textContent = words
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
  const hue = [...id].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7)
  element.style.setProperty('--hue', hue)
}

export const ROLE_NAMES = { host: 'Host', cohost: 'Co-host', guest: 'Guest', viewer: 'Viewer' }
