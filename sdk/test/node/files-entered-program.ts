// A server and two clients in one process. Counts the source files whose functions run while one thing happens: a chat message from the
// author to the other client's state, a camera track from the verb to the sender, and a reconnect. V8's coverage says what ran.
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { createTestServer } from '../../../server/src/testing/index'
import { LiveStreamClient } from '../../src/index'
import { leave } from './leave'
import { GeneratedMedia, nodeWebRtc } from './wrtc-media'

export type FilesEntered = {
  readonly type: 'counted'
  readonly files: Readonly<Record<'message' | 'track' | 'reconnect', readonly string[]>>
}

/** The way of a track to its sender, without the command that tells the room of it. */
const MEDIA_PATH = /^sdk\/src\/(?:client|verbs|media|peering)\//

const PROGRAM = fileURLToPath(import.meta.url)
/** The bundler writes the path of each source file above its code. */
const SOURCES = [...readFileSync(PROGRAM, 'utf8').matchAll(/^\/\/ (\S+\.ts)$/gm)].map(({ index, 1: path }) => ({
  start: index,
  path: path ?? '',
}))

async function main(): Promise<void> {
  const v8 = new Session()
  v8.connect()
  await v8.post('Profiler.enable')
  await v8.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

  /** The files of our packages with a function that was called meanwhile. */
  const during = async (act: () => Promise<unknown>): Promise<string[]> => {
    await v8.post('Profiler.takePreciseCoverage')
    await act()
    const { result } = await v8.post('Profiler.takePreciseCoverage')
    const script = result.find(({ url }) => url.endsWith('program.mjs'))
    const called = (script?.functions ?? []).filter(({ ranges: [whole] }) => (whole?.count ?? 0) > 0)
    const files = called.map(({ ranges: [whole] }) =>
      SOURCES.findLast(({ start }) => start <= (whole?.startOffset ?? 0)),
    )
    const paths = new Set(files.map((file) => file?.path.replace(/^.*?(?=(?:sdk|server)\/src\/)/, '') ?? ''))
    return [...paths].filter((path) => /^(?:sdk|server)\/src\/(?!testing)/.test(path)).sort()
  }

  const server = await createTestServer({})
  const enter = async (room: string, name: string, role: 'guest' | 'viewer') => {
    const token = await server.token({ room, identity: name, name, role })
    const client = new LiveStreamClient({ url: server.url, room, token: () => token, WebSocket, wrtc: nodeWebRtc })
    await client.join()
    return client
  }
  // Between two viewers is no link, whose timers would be counted as well.
  const [ada, ben] = [await enter('audience', 'Ada', 'viewer'), await enter('audience', 'Ben', 'viewer')]
  const message = await during(async () => {
    await ada.chat.send('hello')
    await until(ben, () => ben.state.messages.length === 1)
  })
  const reconnect = await during(async () => {
    server.faults.close({ identity: 'Ada' })
    await until(ada, () => ada.state.status === 'reconnecting')
    await until(ada, () => ada.state.status === 'joined')
  })

  const [cy, dee] = [await enter('stage', 'Cy', 'guest'), await enter('stage', 'Dee', 'guest')]
  const isLinked = (client: LiveStreamClient) =>
    until(client, () => client.state.participants.some(({ link }) => link === 'connected'))
  await Promise.all([isLinked(cy), isLinked(dee)])
  const media = new GeneratedMedia()
  const publish = await during(() => cy.media.publish({ camera: media.track('video') }))
  const track = publish.filter((path) => MEDIA_PATH.test(path))

  media.stop()
  await Promise.all([ada, ben, cy, dee].map((each) => each.leave()))
  await server.close()
  leave({ type: 'counted', files: { message, track, reconnect } } satisfies FilesEntered)
}

function until(client: LiveStreamClient, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (isSo()) resolve()
      return isSo()
    }
    if (look()) return
    const stop = client.subscribe(() => look() && stop())
  })
}

void main().catch((error: unknown) => leave({ type: 'failed', reason: String(error) }))
