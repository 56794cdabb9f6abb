// A prejoin screen as docs/react.md has it: a preview, a connection made ready, then one message to be in the room.
import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'

const house = pageHouse()

test('a prejoin screen: preview and prepare(), not seen by the room; join() opens no socket, and the previewed picture is the one shown [R2.11]', async () => {
  const ada = await house.publish({ name: 'Ada', role: 'host' })
  const ben = await house.open({ name: 'Ben', role: 'guest' })
  const sockets: string[] = []
  const sent: string[] = []
  ben.page.on('websocket', (socket) => {
    sockets.push(socket.url())
    socket.on('framesent', ({ payload }) => sent.push(String(payload)))
  })
  const before = await ben.page.evaluate(async () => {
    const [preview] = await Promise.all([
      navigator.mediaDevices.getUserMedia({ video: true, audio: true }),
      window.client.prepare(),
    ])
    Object.assign(window, { preview })
    return window.client.state.status
  })
  expect(before).toBe('idle')
  expect(sockets).toHaveLength(1)
  await ada.page.evaluate(() => window.client.chat.send('still alone'))
  expect(await ada.names()).toEqual(['Ada'])

  const isTheSame = await ben.page.evaluate(async () => {
    const { preview } = window as unknown as { preview: MediaStream }
    const [camera, microphone] = [preview.getVideoTracks()[0], preview.getAudioTracks()[0]]
    if (!camera || !microphone) throw new Error('no preview')
    await window.client.join()
    await window.client.media.publish({ camera, microphone })
    return window.client.state.self?.sources.camera.track === camera
  })
  expect(isTheSame).toBe(true)
  expect(sockets).toHaveLength(1)
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  // The one offer of the link went with the request for a seat.
  const offers = sent.filter((frame) => frame.includes('"type":"offer"'))
  expect(offers).toHaveLength(1)
  expect(JSON.parse(offers[0] ?? '[]')).toMatchObject([
    { type: 'join', offer: { type: 'offer' } },
    { type: 'heartbeat' },
  ])
  await ben.page.evaluate(() => window.client.chat.send('hello'))
  await expect.poll(() => ada.texts()).toEqual(['still alone', 'hello'])
  expect(await ben.events('joined')).toHaveLength(1)
})

test('a prejoin screen that is aborted, or closed, leaves nothing; a reloaded one joins as if it were the first', async () => {
  const ada = await house.join({ name: 'Ada', role: 'host' })
  const ben = await house.open({ name: 'Ben', role: 'guest' })
  await ben.page.evaluate(async () => {
    const screen = new AbortController()
    await window.client.prepare({ signal: screen.signal })
    screen.abort()
    await window.client.prepare()
  })
  await ben.load()
  await ben.page.evaluate(() => window.client.prepare())
  await ben.join()
  await expect.poll(() => ada.names()).toEqual(['Ada', 'Ben'])
  expect(await ada.events('participantReturned')).toEqual([])
  expect(await ada.events('participantJoined')).toHaveLength(1)
})
