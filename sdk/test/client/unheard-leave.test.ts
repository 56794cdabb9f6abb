// A new stay after one whose end the server did not hear of. Real server, real sockets, media without links.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemEnvironment } from '../../src/client/environment'
import type { LiveStreamClient, WebRtc } from '../../src/index'
import { UNPUBLISHED } from '../../src/protocol'
import { asTrack, FakeStream, FakeTrack } from '../harness/media-devices'
import { RoomHouse } from '../harness/room-house'

/** Every connection fails: what is looked at is which one belongs to which stay. */
class NoConnection {
  constructor() {
    throw new Error('There is no network.')
  }
}
const wrtc = { RTCPeerConnection: NoConnection, MediaStream: FakeStream } as unknown as WebRtc

/** Tries again at once. */
const promptly = { ...systemEnvironment, random: () => 0 }

let house: RoomHouse
let ada: LiveStreamClient
let ben: LiveStreamClient
let isAdaKnown: boolean
let returned: string[]

beforeEach(async () => {
  house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' } })
  await house.url()
  isAdaKnown = true
  ben = await enter('Ben')
  ada = await enter('Ada')
  await expect.poll(() => [ada.links.length, ben.links.length]).toEqual([1, 1])
  returned = []
  ben.on('participantReturned', ({ participant }) => returned.push(participant.name))
})
afterEach(() => house.close())

function enter(name: string): Promise<LiveStreamClient> {
  const token = async () =>
    name === 'Ada' && !isAdaKnown
      ? 'no token'
      : house.server.token({ room: 'test', identity: name, name, role: 'host' })
  return house.join(name, { token, wrtc, logLevel: 'silent' }, promptly)
}

const publish = () => ada.media.publish({ microphone: asTrack(new FakeTrack('audio')) })
const adaSeenBy = (client: LiveStreamClient) => client.state.participants.find(({ name }) => name === 'Ada')
const adasMicrophone = (client: LiveStreamClient) => expect.poll(() => adaSeenBy(client)?.sources.microphone)
const bornAt = (client: LiveStreamClient) => client.links[0]?.epoch.born ?? 0

/** How a stay ends without the server's knowing: it holds the seat for a minute. */
const ends = {
  'leave() while the line is down': async () => {
    const left = new Promise((resolve) => ada.once('reconnecting', () => resolve(ada.leave())))
    house.server.faults.close({ identity: 'Ada' })
    await left
  },
  'a leave() that was lost on the way': async () => {
    house.server.faults.closeAt({ direction: 'up', type: 'leave', identity: 'Ada', times: 1 })
    await ada.leave()
  },
  'a leave() that the log rejected': async () => {
    house.server.faults.log.fail()
    await ada.leave()
    house.server.faults.log.heal()
    await house.server.clock.advance(5000)
  },
  'a token that was not renewed': async () => {
    isAdaKnown = false
    house.server.faults.close({ identity: 'Ada' })
    await expect.poll(() => ada.state).toMatchObject({ status: 'left', reason: 'unauthorized' })
    isAdaKnown = true
  },
}

test.each(Object.entries(ends))(
  'after %s, join() is the return of the same participant: nothing is published, and links begin anew',
  async (_, end) => {
    await publish()
    await adasMicrophone(ben).toMatchObject({ published: true })
    const [id, born] = [adaSeenBy(ben)?.id, bornAt(ben)]
    await end()
    await ada.join()
    expect(ada.state.self).toMatchObject({ id, sources: { microphone: UNPUBLISHED } })
    await expect.poll(() => returned).toEqual(['Ada'])
    await adasMicrophone(ben).toEqual({ ...UNPUBLISHED, isLive: false })
    await expect.poll(() => bornAt(ben)).toBeGreaterThan(born)
    await expect.poll(() => bornAt(ada)).toBe(bornAt(ben))
    await publish()
    await adasMicrophone(ben).toMatchObject({ published: true })
  },
)

test('a line that breaks within a stay is no return: what is published goes on, and links are not touched', async () => {
  await publish()
  await adasMicrophone(ben).toMatchObject({ published: true })
  const born = bornAt(ben)
  const back = new Promise((resolve) => ada.once('reconnected', resolve))
  house.server.faults.close({ identity: 'Ada' })
  await back
  await ada.chat.send('back')
  await expect.poll(() => ben.state.messages.map(({ text }) => text)).toEqual(['back'])
  expect(adaSeenBy(ben)?.sources.microphone).toMatchObject({ published: true })
  expect([bornAt(ada), bornAt(ben)]).toEqual([born, born])
  expect(returned).toEqual([])
})
