// How visitors go, or are made to go.
import { BAD_FRAMES } from '../harness/hostile-inputs'
import { oneOf, pause, weighted } from './chance'
import { doSomething } from './deeds'
import { Visitor } from './visitor'

type Ending = (visitor: Visitor) => Promise<void>

const leave: Ending = async (visitor) => {
  await visitor.ask({ type: 'leave' })
  await visitor.client.closed
}
const closeTab: Ending = async ({ client }) => {
  client.socket.close(1001)
  await client.closed
}
const vanish: Ending = async ({ client }) => client.cut()

const loseConnection: Ending = async (visitor) => {
  visitor.client.cut()
  await pause(0, 2000)
  await visitor.comeBack('resumed')
  await doSomething(visitor)
  await end(visitor)
}
const reload: Ending = async (visitor) => {
  visitor.client.socket.close(1001)
  await visitor.comeBack('reloaded')
  await doSomething(visitor)
  await end(visitor)
}
/** The same person on another device: the first session is over. */
const openElsewhere: Ending = async (visitor) => {
  const other = await Visitor.come(visitor.visit)
  await other.client.welcome()
  visitor.visit.tally.closed(await visitor.client.closed)
  await end(other)
}
const babble: Ending = async ({ client, visit: { tally } }) => {
  const [, frame = ''] = oneOf(BAD_FRAMES) ?? []
  client.raw(frame)
  tally.note('bad frames')
  tally.closed(await client.closed)
}
const shout: Ending = async ({ client, visit: { tally } }) => {
  client.raw('x'.repeat(65 * 1024))
  tally.note('bad frames')
  tally.closed(await client.closed)
}

const STALLED_MS = [12_000, 20_000] as const
const FILLING_FRAMES = 200
const CASTS_IN_A_FRAME = 8

/** Reads nothing while another client fills its queue, beyond what the operating system holds. When it reads on, it is mostly too late. */
const stall: Ending = async (visitor) => {
  const { client, visit } = visitor
  const { self } = await client.welcome()
  client.socket.pause()
  const other = await Visitor.come({ ...visit, identity: `${visit.identity}-filler`, role: 'host' })
  await other.client.welcome()
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to: [self] } }
  const frame = Array.from({ length: CASTS_IN_A_FRAME }, () => cast)
  for (let sent = 0; sent < FILLING_FRAMES; sent++) other.client.say(...frame)
  await other.client.roundTrip()
  await pause(...STALLED_MS)
  client.socket.resume()
  visit.tally.note('slow readers')
  await Promise.race([client.closed, client.roundTrip()])
  await leave(other)
}

/** One ending, by chance. */
export const end: Ending = (visitor) =>
  weighted<Ending>([
    [25, leave],
    [15, closeTab],
    [15, vanish],
    [15, loseConnection],
    [10, reload],
    [5, openElsewhere],
    [4, babble],
    [1, shout],
    [0.5, stall],
  ])(visitor)
