// One participant of a room, in a process of its own: url, name, token and how many others come by its arguments.
import wrtc from '@roamhq/wrtc'
import { WebSocket } from 'ws'
import { LiveStreamClient } from '../../src/index'
import { leave } from './leave'
import { GeneratedMedia, nodeWebRtc } from './wrtc-media'

/**
 * Names stand for participants. `linked`: with whom a link is connected. `seen`: whose pictures come. `restarts`: how often each
 * link had to start over. `texts`: the chat.
 */
export type RoomUp =
  | { type: 'live'; linked: string[]; seen: string[]; restarts: number[] }
  | { type: 'awaiting outage' }
  | { type: 'heard'; texts: string[] }
  | { type: 'left'; texts: string[]; status: string; links: number }
  | { type: 'failed'; reason: string }
export type RoomDown = { type: 'say' } | { type: 'leave' } | { type: 'leave in an outage, and join' }

const ENOUGH_FRAMES = 5

const [, , url = '', name = '', token = '', others = ''] = process.argv
const OTHERS = Number(others)
const media = new GeneratedMedia()
const sinks: { stop(): void }[] = []
const frames = new Map<string, number>()
const tell = (message: RoomUp) => process.send?.(message)
const client = new LiveStreamClient({ url, room: 'node', name, token, wrtc: nodeWebRtc, WebSocket, iceServers: [] })

client.on('trackAdded', ({ participant, source, track }) => {
  if (source === 'camera' && !participant.isSelf) watch(participant.name, track)
})
client.on('linkChanged', tellOnceLive)
client.on('message', () => {
  if (client.state.messages.length > OTHERS) tell({ type: 'heard', texts: textsNow() })
})
process.on('message', (message: RoomDown) => {
  if (message.type === 'say') void client.chat.send(`${name} is here`)
  else if (message.type === 'leave') void end()
  else void leaveUnheard().then(enter)
})
await enter()

async function enter(): Promise<void> {
  try {
    await client.join()
    await client.media.publish({ camera: media.track('video'), microphone: media.track('audio') })
  } catch (error) {
    tell({ type: 'failed', reason: String(error) })
  }
}

async function leaveUnheard(): Promise<void> {
  const outage = new Promise((resolve) => client.once('reconnecting', resolve))
  tell({ type: 'awaiting outage' })
  await outage
  await client.leave()
}

function textsNow(): string[] {
  return client.state.messages.map(({ text }) => text)
}

function watch(sender: string, track: MediaStreamTrack): void {
  const sink = new wrtc.nonstandard.RTCVideoSink(track)
  sinks.push(sink)
  frames.set(sender, 0)
  sink.onframe = () => {
    frames.set(sender, (frames.get(sender) ?? 0) + 1)
    if (frames.get(sender) === ENOUGH_FRAMES) tellOnceLive()
  }
}

/** Either the last link or the last picture makes it whole. */
function tellOnceLive(): void {
  const linked = client.state.participants.filter(({ link }) => link === 'connected').map((each) => each.name)
  const seen = [...frames].filter(([, count]) => count >= ENOUGH_FRAMES).map(([sender]) => sender)
  if (linked.length === OTHERS && seen.length === OTHERS)
    tell({ type: 'live', linked: linked.sort(), seen: seen.sort(), restarts: client.links.map(({ epoch }) => epoch.n) })
}

async function end(): Promise<void> {
  const texts = textsNow()
  for (const sink of sinks) sink.stop()
  await client.leave()
  media.stop()
  leave({ type: 'left', texts, status: client.state.status, links: client.links.length } satisfies RoomUp)
}
