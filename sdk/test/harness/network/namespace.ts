// A network namespace of Linux: interfaces, addresses and rules of its own, as another machine has them.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ensured } from '../browser/daemon'

const call = promisify(execFile)

/** Runs a command in the namespace of the test. @throws with what it wrote */
export async function command(line: string): Promise<string> {
  const [program = '', ...args] = line.split(' ')
  const { stdout } = await call(program, args)
  return stdout
}

/**
 * @throws when this machine cannot make namespaces: a test of a network that was never made must not pass
 */
export async function ensureNamespaces(): Promise<void> {
  if (process.platform !== 'linux') throw new Error('Tests of networks need Linux: they run in network namespaces.')
  await ensured('ip', 'iproute2')
  await ensured('nft', 'nftables')
  const name = `peerstage-try-${process.pid}`
  try {
    await command(`ip netns add ${name}`)
    await command(`ip netns delete ${name}`)
  } catch (cause) {
    throw new Error('Tests of networks need root, or CAP_NET_ADMIN and CAP_SYS_ADMIN, to make network namespaces.', {
      cause,
    })
  }
}

export class Namespace {
  readonly name: string

  static async create(name: string): Promise<Namespace> {
    await command(`ip netns add ${name}`)
    await command(`ip -n ${name} link set lo up`)
    return new Namespace(name)
  }

  private constructor(name: string) {
    this.name = name
  }

  /** Passes packets on, as a router does. */
  async forward(): Promise<void> {
    await this.run('sysctl -q -w net.ipv4.ip_forward=1')
  }

  /** Runs a command inside. */
  run(line: string): Promise<string> {
    return command(`ip netns exec ${this.name} ${line}`)
  }

  /** Loads rules of nftables, as a file of `nft -f` has them. */
  async rules(text: string): Promise<void> {
    const child = execFile('ip', ['netns', 'exec', this.name, 'nft', '-f', '-'])
    child.stdin?.end(text)
    const [code, said] = await new Promise<[number | null, string]>((resolve) => {
      let output = ''
      child.stderr?.on('data', (data) => {
        output += data
      })
      child.once('close', (exitCode) => resolve([exitCode, output]))
    })
    if (code !== 0) throw new Error(`nft ended with ${code}: ${said}`)
  }

  /** Its interfaces go with it. */
  async delete(): Promise<void> {
    await command(`ip netns delete ${this.name}`)
  }
}

/** A cable between an interface of one namespace and one of another. Without a namespace: that of the test. */
export async function cable(a: End, b: End): Promise<void> {
  // A name of its own until it is in its namespace: two ends may have the same one there.
  const temporary = `ps${process.pid}b`
  await command(`ip link add ${temporary}a type veth peer name ${temporary}`)
  for (const [name, end] of [
    [`${temporary}a`, a],
    [temporary, b],
  ] as const) {
    const inside = end.namespace === undefined ? '' : `-n ${end.namespace.name} `
    if (end.namespace !== undefined) await command(`ip link set ${name} netns ${end.namespace.name}`)
    await command(`ip ${inside}link set ${name} name ${end.interface}`)
    await command(`ip ${inside}addr add ${end.address} dev ${end.interface}`)
    await command(`ip ${inside}link set ${end.interface} up`)
  }
}

export type End = {
  readonly namespace?: Namespace
  readonly interface: string
  /** With the length of its prefix. */
  readonly address: string
}
