// How simulated users leave, or are made to leave.
import { BAD_FRAMES } from '../harness/hostile-inputs'
import { doSomething } from './actions'
import { oneOf, pause, weighted } from './random'
import { SimulatedUser } from './simulated-user'

type Ending = (user: SimulatedUser) => Promise<void>

const leave: Ending = async (user) => {
  await user.ask({ type: 'leave' })
  await user.client.closed
}
const closeTab: Ending = async ({ client }) => {
  client.socket.close(1001)
  await client.closed
}
const vanish: Ending = async ({ client }) => client.cut()

const loseConnection: Ending = async (user) => {
  user.client.cut()
  await pause(0, 2000)
  await user.rejoin('resumed')
  await doSomething(user)
  await end(user)
}
const reload: Ending = async (user) => {
  user.client.socket.close(1001)
  await user.rejoin('reloaded')
  await doSomething(user)
  await end(user)
}
/** The same person on another device: the first session is over. */
const openElsewhere: Ending = async (user) => {
  const other = await SimulatedUser.join(user.run)
  await other.client.welcome()
  user.run.tally.closed(await user.client.closed)
  await end(other)
}
const sendBadFrame: Ending = async ({ client, run: { tally } }) => {
  const [, frame = ''] = oneOf(BAD_FRAMES) ?? []
  client.raw(frame)
  tally.note('bad frames')
  tally.closed(await client.closed)
}
const sendOversizedFrame: Ending = async ({ client, run: { tally } }) => {
  client.raw('x'.repeat(65 * 1024))
  tally.note('bad frames')
  tally.closed(await client.closed)
}

const STALLED_MS = [12_000, 20_000] as const
const FILLING_FRAMES = 200
const CASTS_IN_A_FRAME = 8

/** Reads nothing while another client fills its queue, beyond what the operating system holds. When it reads on, it is mostly too late. */
const stall: Ending = async (user) => {
  const { client, run } = user
  const { self } = await client.welcome()
  client.socket.pause()
  const other = await SimulatedUser.join({ ...run, identity: `${run.identity}-filler`, role: 'host' })
  await other.client.welcome()
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to: [self] } }
  const frame = Array.from({ length: CASTS_IN_A_FRAME }, () => cast)
  for (let sent = 0; sent < FILLING_FRAMES; sent++) other.client.say(...frame)
  await other.client.roundTrip()
  await pause(...STALLED_MS)
  client.socket.resume()
  run.tally.note('slow readers')
  await Promise.race([client.closed, client.roundTrip()])
  await leave(other)
}

/** One ending, chosen at random. */
export const end: Ending = (user) =>
  weighted<Ending>([
    [25, leave],
    [15, closeTab],
    [15, vanish],
    [15, loseConnection],
    [10, reload],
    [5, openElsewhere],
    [4, sendBadFrame],
    [1, sendOversizedFrame],
    [0.5, stall],
  ])(user)
