import * as v from 'valibot'
import { expect, test } from 'vitest'
import { sessionKey } from '../../src/protocol'
import { systemRandomBytes } from '../../src/signaling/random-id'
import { SessionKey } from '../../src/signaling/session-key'
import { ManualPage, MemoryStorage } from '../harness/manual-page'

const keyOn = (page: ManualPage) => new SessionKey(page, 'wss://example.com room', systemRandomBytes)

test('a key has the form that the protocol asks for, and no two are alike', () => {
  const keys = Array.from({ length: 100 }, () => keyOn(new ManualPage()).key)
  for (const key of keys) expect(v.is(sessionKey, key)).toBe(true)
  expect(new Set(keys).size).toBe(100)
})

test('a duplicated tab, whose storage is a copy, gets a key of its own', () => {
  const storage = new MemoryStorage()
  const original = keyOn(new ManualPage(storage))
  original.live = true
  original.nextAttempt()
  const copy = new MemoryStorage()
  for (const [name, value] of storage.entries) copy.setItem(name, value)
  expect(keyOn(new ManualPage(copy)).key).not.toBe(original.key)
})

test('a page that comes back from the freezer goes above the attempts of the page that had its key', () => {
  const storage = new MemoryStorage()
  const [pageA, pageB] = [new ManualPage(storage), new ManualPage(storage)]
  const a = keyOn(pageA)
  a.live = true
  expect(a.nextAttempt()).toBe(1)
  pageA.tell('hide')
  const b = keyOn(pageB)
  b.live = true
  expect(b.key).toBe(a.key)
  expect(b.nextAttempt()).toBe(2)
  expect(b.nextAttempt()).toBe(3)
  pageB.tell('hide')
  pageA.tell('show')
  expect(storage.entries.size).toBe(0)
  expect(a.nextAttempt()).toBe(4)
})

test('a page that was prerendered before the key was put back finds it when it opens its first socket', () => {
  const storage = new MemoryStorage()
  const [shown, prerendered] = [new ManualPage(storage), new ManualPage(storage)]
  const a = keyOn(shown)
  a.live = true
  a.nextAttempt()
  const b = keyOn(prerendered)
  b.live = true
  prerendered.tell('hide')
  prerendered.tell('show')
  shown.tell('hide')
  expect(b.nextAttempt()).toBe(2)
  expect(b.key).toBe(a.key)
})

test('what is stored and cannot be read, or a storage that throws, is as none', () => {
  const storage = new MemoryStorage()
  storage.setItem('peerstage:wss://example.com room', '{"key": "short"}')
  expect(keyOn(new ManualPage(storage)).nextAttempt()).toBe(1)
  const forbidden = () => {
    throw new Error('blocked')
  }
  const page = new ManualPage({ getItem: forbidden, setItem: forbidden, removeItem: forbidden })
  const key = keyOn(page)
  key.live = true
  page.tell('hide')
  expect(key.nextAttempt()).toBe(1)
})
