// One participant of a room, in a process of its own: url, name and token by its arguments.
import wrtc from '@roamhq/wrtc'
import { WebSocket } from 'ws'
import { LiveStreamClient } from '../../src/index'
import { leave } from './leave'
import { GeneratedMedia, nodeWebRtc } from './wrtc-media'

/** Names stand for participants. `linked`: with whom a link is connected. `seen`: whose pictures come. `texts`: the chat. */
export type RoomUp =
  | { kind: 'live'; linked: string[]; seen: string[] }
  | { kind: 'heard'; texts: string[] }
  | { kind: 'left'; texts: string[]; status: string; links: number }
  | { kind: 'failed'; reason: string }
export type RoomDown = { kind: 'say' } | { kind: 'leave' }

const ENOUGH_FRAMES = 5
const OTHERS = 3

const [, , url = '', name = '', token = ''] = process.argv
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
  if (client.state.messages.length > OTHERS) tell({ kind: 'heard', texts: textsNow() })
})
process.on('message', (message: RoomDown) => {
  if (message.kind === 'say') void client.chat.send(`${name} is here`)
  else void end()
})

try {
  await client.join()
  await client.media.publish({ camera: media.track('video'), microphone: media.track('audio') })
} catch (error) {
  tell({ kind: 'failed', reason: String(error) })
}

function textsNow(): string[] {
  return client.state.messages.map(({ text }) => text)
}

function watch(sender: string, track: MediaStreamTrack): void {
  const sink = new wrtc.nonstandard.RTCVideoSink(track)
  sinks.push(sink)
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
    tell({ kind: 'live', linked: linked.sort(), seen: seen.sort() })
}

async function end(): Promise<void> {
  const texts = textsNow()
  for (const sink of sinks) sink.stop()
  await client.leave()
  media.stop()
  leave({ kind: 'left', texts, status: client.state.status, links: client.links.length } satisfies RoomUp)
}
