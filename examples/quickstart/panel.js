// The panel beside the stage, which shows the chat or the people, or is closed.
import { $ } from './elements.js'

export function panel(onChange) {
  const show = (name) => {
    $('panel').hidden = !name
    for (const each of ['chat', 'people']) {
      $(each).hidden = each !== name
      $(`${each}-button`).setAttribute('aria-expanded', each === name)
    }
    const title = name === 'people' ? 'People' : 'Chat'
    $('panel-title').textContent = title
    $('panel').setAttribute('aria-label', title)
    onChange()
  }
  const close = () => {
    const opener = $('people').hidden ? $('chat-button') : $('people-button')
    show(null)
    opener.focus()
  }
  for (const name of ['chat', 'people']) {
    $(`${name}-button`).onclick = () => {
      if (!$(name).hidden) return close()
      show(name)
      // On a touch screen the focus would open the keyboard over the messages.
      if (name === 'chat' && matchMedia('(hover: hover)').matches) $('compose').elements.text.focus()
    }
  }
  $('panel-close').onclick = close
  document.addEventListener('keydown', ({ key, isComposing }) => {
    // The browser first closes what is over the panel.
    const isCovered = document.querySelector(':popover-open, dialog[open]') !== null
    if (key === 'Escape' && !isComposing && !isCovered && !$('panel').hidden) close()
  })
  show(matchMedia('(min-width: 1000px)').matches ? 'chat' : null)
}
