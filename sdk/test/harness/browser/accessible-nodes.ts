import type { Page } from 'playwright-core'

export type AccessibleNode = { role: string; name: string }

/** What the browser tells assistive technology, as it computes it itself: roles and names of all that is not hidden. */
export async function accessibleNodes(page: Page): Promise<AccessibleNode[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  return nodes
    .filter((node) => !node.ignored)
    .map((node) => ({ role: String(node.role?.value), name: String(node.name?.value ?? '').trim() }))
}

const NEEDS_A_NAME = [
  'button',
  'link',
  'textbox',
  'combobox',
  'radio',
  'image',
  'dialog',
  'list',
  'log',
  'complementary',
]

/** Roles of what has no name but needs one. */
export const nameless = (nodes: AccessibleNode[]): string[] =>
  nodes.filter(({ role, name }) => NEEDS_A_NAME.includes(role) && name === '').map(({ role }) => role)
