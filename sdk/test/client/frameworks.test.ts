// Where a client lives in what watches objects: Vue wraps them in proxies, through which no private member can be reached.
import { effect, reactive, ref } from '@vue/reactivity'
import { autorun, observable, runInAction } from 'mobx'
import { get, readable, writable } from 'svelte/store'
import { afterEach, describe, expect, test } from 'vitest'
import { LiveStreamClient } from '../../src/index'
import { Bench } from '../harness/bench'
import { chatSent } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

/** Joins, hears of a message, reads all that can be read, and leaves: by whatever stands for the client. */
async function whole(client: LiveStreamClient): Promise<void> {
  const heard: string[] = []
  const stop = client.on('message', ({ message }) => heard.push(message.text))
  const joining = client.join()
  const line = await bench.server.connection(1)
  line.welcome()
  await joining
  line.send(chatSent(3, 'hello', 'ada'))
  await expect.poll(() => heard).toEqual(['hello'])
  stop()
  const said = client.chat.send('and you')
  const [{ id }] = await line.until('chat.send')
  line.accept(id)
  await said
  const { state, links, serverNow, media } = client
  expect([state.status, links, serverNow(), media.playbackBlocked]).toEqual(['joined', [], 3003, false])
  const left = client.leave()
  const [leave] = await line.until('leave')
  line.accept(leave.id)
  await left
  expect(client.state.status).toBe('left')
}

const WAYS: [string, (client: LiveStreamClient) => LiveStreamClient][] = [
  ["Vue's ref", (client) => ref(client).value as LiveStreamClient],
  ["Vue's reactive", (client) => reactive(client) as LiveStreamClient],
  ["an object in Vue's reactive", (client) => reactive({ live: { client } }).live.client as LiveStreamClient],
  ["MobX's observable", (client) => observable({ live: { client } }).live.client],
  ["Svelte's store", (client) => get(writable(client))],
  ['a plain proxy, as other libraries make one', (client) => new Proxy(client, {})],
]

test.each(WAYS)('a client in %s works as one outside of it', async (_way, put) => {
  bench = await Bench.open()
  await whole(put(bench.client))
})

test('verbs work without their object, all of them', async () => {
  bench = await Bench.open()
  const { client } = bench
  const verbs = ['join', 'leave', 'on', 'once', 'off', 'getState', 'subscribe', 'serverNow'] as const
  const loose = Object.fromEntries(verbs.map((verb) => [verb, client[verb]])) as Pick<
    LiveStreamClient,
    (typeof verbs)[number]
  >
  const { join, leave, on, once, off, getState } = loose
  const heard: string[] = []
  const listener = () => heard.push('on')
  on('joined', listener)
  once('joined', () => heard.push('once'))
  const joining = join()
  ;(await bench.server.connection(1)).welcome()
  await joining
  off('joined', listener)
  expect([heard, getState().status]).toEqual([['on', 'once'], 'joined'])
  void leave()
  expect(getState().status).toBe('left')
})

test('a subclass may have a verb of its own in the place of one', async () => {
  bench = await Bench.open()
  class Quiet extends LiveStreamClient {
    left = 0
    override leave(): Promise<void> {
      this.left++
      return super.leave()
    }
  }
  const client = new Quiet({ url: bench.server.url, room: 'test' })
  const { leave } = client
  await leave()
  expect(client.left).toBe(1)
})

describe('its state', () => {
  test("is followed by Vue's effect", async () => {
    bench = await Bench.open()
    const state = ref(bench.client.state)
    bench.client.subscribe(() => {
      state.value = bench.client.state
    })
    const seen: string[] = []
    effect(() => void seen.push(state.value.status))
    void bench.client.join()
    expect(seen).toEqual(['idle', 'joining'])
  })

  test("is followed by MobX's autorun", async () => {
    bench = await Bench.open()
    const box = observable.box(bench.client.state, { deep: false })
    bench.client.subscribe(() => runInAction(() => box.set(bench.client.state)))
    const seen: string[] = []
    autorun(() => void seen.push(box.get().status))
    void bench.client.join()
    expect(seen).toEqual(['idle', 'joining'])
  })

  test("is followed by Svelte's readable", async () => {
    bench = await Bench.open()
    const { getState, subscribe } = bench.client
    const state = readable(getState(), (set) => subscribe(() => set(getState())))
    const seen: string[] = []
    state.subscribe(({ status }) => seen.push(status))
    void bench.client.join()
    expect(seen).toEqual(['idle', 'joining'])
  })
})

test.each(['media', 'chat', 'reactions', 'stage', 'moderation', 'data'] as const)(
  'client.%s is wrapped and copied by no framework',
  async (name) => {
    bench = await Bench.open()
    const verbs = bench.client[name]
    expect(reactive(verbs)).toBe(verbs)
    expect(observable({ verbs }).verbs).toBe(verbs)
  },
)
