// Nothing of a server keeps a process alive in which everything else has ended.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { built, start } from '../harness/own-process'

test.each([
  ['made a server and signed a token', 'signs'],
  ['had a visitor, and closed its own http.Server', 'serves'],
])('a process that %s ends by itself', async (_what, does) => {
  const { child, said } = start([await built('../harness/finished-process.ts', import.meta.url), does])
  expect(await once(child, 'close')).toEqual([0, null])
  expect(said()).toBe('done\n')
})
