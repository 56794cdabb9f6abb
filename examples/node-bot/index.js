// A participant in Node: it greets, answers "ping" with "pong", and publishes a picture that it draws itself.
//   node index.js <url> <room> [name] [token]
import { LiveStreamClient } from '@peerstage/sdk'
import wrtc from '@roamhq/wrtc'
import WebSocket from 'ws'
import { movingPicture } from './picture.js'

const [url = 'http://localhost:8080', room = 'lobby', name = 'Bot', token = process.env.PEERSTAGE_TOKEN] =
  process.argv.slice(2)

const client = new LiveStreamClient({ url, room, name, token: token ?? devToken, wrtc, WebSocket })
const picture = movingPicture()

/** Only a server in dev mode gives a token to every caller. Otherwise pass one that your backend signed. */
async function devToken() {
  const query = new URLSearchParams({ room, name, identity: `bot-${name}`, role: 'guest' })
  const response = await fetch(`${url.replace(/\/*$/, '/dev/token')}?${query}`)
  if (!response.ok) throw new Error(`The server gives no token (${response.status}): pass one as the fourth argument.`)
  return (await response.json()).token
}

client.on('participantJoined', ({ participant }) => {
  client.chat.send(`Hello ${participant.name}!`)
})
client.on('message', ({ message, isOwn }) => {
  if (!isOwn && message.text.trim().toLowerCase() === 'ping') client.chat.send('pong')
})
client.on('commandFailed', ({ command, error }) => console.error(`${command} failed: ${error.message}`))
client.on('left', ({ reason }) => exit(reason === 'left' ? 0 : 1, `Out of the room: ${reason}`))
process.once('SIGINT', () => client.leave())
process.once('SIGTERM', () => client.leave())

try {
  await client.join()
  await client.media.publish({ camera: picture.track })
  client.chat.send('Hello everybody! Say "ping".')
  console.log(`${name} is in ${room} on ${url}. Ctrl+C to leave.`)
} catch (error) {
  exit(1, [error.message, error.cause?.message].filter(Boolean).join(' '))
}

/** Leaving takes a second at most. The exit is explicit, because wrtc crashes a process that ends without work. */
function exit(code, words) {
  console.log(words)
  picture.stop()
  setTimeout(() => process.exit(code), 1000)
}
