// Small tools for building the page. Text goes in by `textContent` alone, so nothing that people write can become markup.

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
      // Whoever goes by keys goes on from here, and not from the top of the page. Only lists of the panel have buttons.
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

/** Shows a message over the stage, or takes it away when there is no `text`. `actions` are pairs of name and function. */
export function banner(id, text, actions = []) {
  const shown = document.querySelector(`#banners [data-id="${id}"]`)
  if (shown && shown.dataset.text === text) {
    // The same words may be about somebody else now. To show them anew would read them out again.
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

/** How long a notice stays, in ms, unless it is pointed at or has the focus. */
const NOTICE_MS = 10_000
const notices = new Map()

/** As `banner`, and goes by itself after a while. */
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

/** Says something to those who listen to the page. */
export function announce(text) {
  $('announcer').textContent = text
}

/** Asks before something that cannot be undone. */
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

/** Fills a circle that stands for a person: initials, on a color that is always the same for the same participant. */
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
