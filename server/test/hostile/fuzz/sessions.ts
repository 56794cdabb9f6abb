import { connect } from 'node:net'
import { decodeServerFrame, encodeHello, HELLO_PREFIX, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { WebSocket } from 'ws'
import { HELLO } from '../../harness/hostile-inputs'
import { newSession } from '../../harness/test-client'
import { type Known, validMessage } from './messages'
import { damaged, mutated } from './mutation'
import type { Random } from './random'
import { rawFrame } from './raw-frames'
import { asBytes, damagedUpgrade, upgradeOf } from './raw-upgrades'

export type Target = { readonly url: string; readonly room: string; readonly token: string }

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** A client that speaks the protocol, more or less. Tells how many frames it sent. */
export async function structuredSession(random: Random, { url, room, token }: Target): Promise<number> {
  const protocols = [SUBPROTOCOL, HELLO_PREFIX + encodeHello({ ...HELLO, session: newSession(), token })]
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/rooms/${room}`, protocols)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  let known: Known | undefined
  let id = 0
  const welcomed = new Promise<void>((resolve) => {
    socket.once('message', (data) => {
      known = knownFrom(String(data), () => ++id)
      resolve()
    })
  })
  await Promise.race([welcomed, closed])
  let frames = 0
  const most = 1 + random.below(200)
  for (; known !== undefined && frames < most && socket.readyState === socket.OPEN; frames++) {
    socket.send(frameOf(random, known))
    if (random.chance(0.2)) await nextTurn()
  }
  if (random.chance(0.5)) socket.close(random.pick([1000, 1001, 4000]))
  else socket.terminate()
  await closed
  return frames
}

/** The ids of a welcome, to name real participants by. */
function knownFrom(text: string, nextId: () => number): Known | undefined {
  const [decoded] = decodeServerFrame(text) ?? []
  if (decoded?.ok !== true || decoded.message.type !== 'welcome') return undefined
  const { room, self, seq } = decoded.message
  const participants = room?.participants.map((each) => each.id) ?? [self]
  return { participants, born: room?.edges[0]?.born ?? seq, nextId }
}

function frameOf(random: Random, known: Known): string | Buffer {
  const messages = Array.from({ length: 1 + random.below(3) }, () => {
    const message = validMessage(random, known)
    return random.chance(0.02) ? mutated(random, message) : message
  })
  const text = JSON.stringify(messages)
  if (random.chance(0.002)) return Buffer.from(text)
  return random.chance(0.005) ? damaged(random, text) : text
}

/** A raw TCP socket: an upgrade, true or damaged, and then any bytes. Tells how many frames (an upgrade is one) it sent. */
export async function rawSession(random: Random, { url, room, token }: Target): Promise<number> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  let open = true
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      open = false
      resolve()
    })
  })
  socket.on('error', () => {})
  const answered = new Promise((resolve) => socket.once('data', resolve))
  socket.resume()
  const honest = upgradeOf(room, token)
  const isDamaged = random.chance(0.3)
  socket.write(asBytes(isDamaged ? damagedUpgrade(random, honest) : honest))
  let frames = 1
  if (!isDamaged) await Promise.race([answered, closed])
  const most = isDamaged ? random.below(3) : 1 + random.below(100)
  for (; open && frames < most; frames++) {
    socket.write(rawFrame(random))
    if (random.chance(0.3)) await nextTurn()
  }
  if (random.chance(0.3)) socket.end()
  // What the server may keep open is its business; a client that is gone is what it has to see.
  await Promise.race([closed, nextTurn()])
  socket.destroy()
  await closed
  return frames
}
