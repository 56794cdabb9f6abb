import { expect, test } from 'vitest'
import { GOODBYES, type GoodbyeCode } from '../../src/protocol'
import { closePolicyOf, endingOfClose } from '../../src/signaling/close-policy'

const codes = Object.keys(GOODBYES) as GoodbyeCode[]

test.each(codes)('%s: what the table says, for who is in the room and for who comes', (code) => {
  const kinds = [
    closePolicyOf({ code }, { joined: false, freshTokenLeft: true }),
    closePolicyOf({ code }, { joined: true, freshTokenLeft: true }),
    closePolicyOf({ code }, { joined: true, freshTokenLeft: false }),
  ].map((policy) => (policy.type === 'retry' && policy.slowly ? 'slowly' : policy.type))
  const expected = {
    never: ['final', 'final', 'final'],
    freshToken: ['freshToken', 'freshToken', 'final'],
    slowly: ['final', 'slowly', 'slowly'],
    soon: ['retry', 'retry', 'retry'],
  }
  expect(kinds).toEqual(expected[GOODBYES[code].retry])
})

test.each(codes)('%s: its close code says the same where the goodbye was lost, in a plain sentence', (code) => {
  const ending = endingOfClose(GOODBYES[code].close)
  expect(ending).toEqual({ code })
  const policy = closePolicyOf(ending, { joined: false, freshTokenLeft: false })
  if (policy.type === 'final') expect(policy.error.message).toMatch(/^[A-Z].+\.$/)
})

test('a network that breaks gives no reason: try again', () => {
  for (const close of [1000, 1001, 1005, 1006, 1011]) {
    expect(closePolicyOf(endingOfClose(close), { joined: false, freshTokenLeft: false })).toMatchObject({
      type: 'retry',
    })
  }
})
