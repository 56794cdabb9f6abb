// A bundle holds what its app uses, and each subpath nothing of another.
import { expect, test } from 'vitest'
import { type Bundle, bundleOf, packagesIn } from './bundle'

test('an app that only asks checkSupport gets neither the client nor a dependency', async () => {
  const bundle = await bundleOf(`import { checkSupport } from '@peerstage/sdk'; console.log(checkSupport())`)
  expect(packagesIn(bundle)).toEqual([])
  expect(wordsIn(bundle, ['getUserMedia', 'setRemoteDescription'])).toEqual(['getUserMedia'])
  expect(bundle.text.length).toBeLessThan(2_500)
})

test('an app that only formats gets a formatter', async () => {
  const bundle = await bundleOf(`import { formatCount } from '@peerstage/sdk'; console.log(formatCount(1200))`)
  expect(packagesIn(bundle)).toEqual([])
  expect(wordsIn(bundle, BROWSER)).toEqual([])
})

test('a type weighs nothing', async () => {
  const bundle = await bundleOf(`
    import type { ClientState } from '@peerstage/sdk'
    import { type ServerMessage } from '@peerstage/sdk/protocol'
    export type Both = ClientState | ServerMessage`)
  expect(bundle).toEqual({ text: '', parts: [] })
})

test('the client brings its two dependencies and no other', async () => {
  const bundle = await bundleOf(`export { LiveStreamClient } from '@peerstage/sdk'`)
  expect(packagesIn(bundle)).toEqual(['eventemitter3', 'valibot'])
  expect(wordsIn(bundle, NODE)).toEqual([])
})

test('the protocol is itself and valibot: no client, no browser, no Node', async () => {
  const bundle = await bundleOf(`export * from '@peerstage/sdk/protocol'`)
  expect(packagesIn(bundle)).toEqual(['valibot'])
  expect(wordsIn(bundle, [...NODE, ...BROWSER])).toEqual([])
})

test('one function of the protocol leaves most schemas out', async () => {
  const bundle = await bundleOf(`export { goodbyeOfClose } from '@peerstage/sdk/protocol'`)
  expect(bundle.text).toContain('4401')
  expect(wordsIn(bundle, ['participant.joined', 'moderation.kick', 'stage.invite', 'welcome'])).toEqual([])
})

test('an app with client and protocol has the protocol once', async () => {
  const client = `export { LiveStreamClient } from '@peerstage/sdk'`
  const both = `${client}\nexport { evolve } from '@peerstage/sdk/protocol'`
  const extra = (await bundleOf(both)).text.length - (await bundleOf(client)).text.length
  expect(extra).toBeLessThan(500)
})

const NODE = ['require(', 'process.', 'Buffer.', 'global.']
const BROWSER = ['RTCPeerConnection', 'getUserMedia', 'WebSocket', 'window.', 'document.', 'navigator.']

const wordsIn = ({ text }: Bundle, words: string[]): string[] => words.filter((word) => text.includes(word))
