// An internet on this machine: each home has a router of its own, and the test's own process is one of its hosts.
import { readdir } from 'node:fs/promises'
import { Home, type Nat } from './home'
import { cable, command, ensureNamespaces, Namespace } from './namespace'

/** Addresses for documentation (RFC 5737): no host of the real internet has one. Each internet has 64 of them. */
const PREFIX = '198.51.100'
const INTERNETS = 4
const PER_INTERNET = 64
/** Each cable has four addresses: its network, two hosts, its broadcast. */
const PER_CABLE = 4
/** The numbers of the cables to homes. The first cable leads to the test. */
const FREE = Array.from({ length: PER_INTERNET / PER_CABLE - 1 }, (_, i) => i + 1)

export class Internet {
  /** The address of the test's own process, where homes reach its servers. */
  readonly address: string
  readonly #core: Namespace
  readonly #index: number
  /** By the number of its cable. */
  readonly #homes = new Map<number, Home>()

  /** @throws when this machine cannot make namespaces, or so many internets are in use */
  static async create(): Promise<Internet> {
    await ensureNamespaces()
    await removeAbandoned()
    for (let index = 0; index < INTERNETS; index += 1) {
      const core = await Namespace.create(nameOf(index)).catch(() => undefined)
      if (core === undefined) continue
      const internet = new Internet(core, index)
      await internet.#connect()
      return internet
    }
    throw new Error(`${INTERNETS} other runs are using the networks that this machine has.`)
  }

  private constructor(core: Namespace, index: number) {
    this.#core = core
    this.#index = index
    this.address = this.#addressOf(0, 2)
  }

  /** A home with a router: its hosts are reached only where they have sent something first. */
  async home(nat: Nat): Promise<Home> {
    const number = FREE.find((each) => !this.#homes.has(each))
    if (number === undefined) throw new Error(`An internet has ${FREE.length} homes at most.`)
    const [gateway, address] = [this.#addressOf(number, 1), this.#addressOf(number, 2)]
    const near = `home${number}`
    const setMtu = (bytes: number) => this.#core.run(`ip link set ${near} mtu ${bytes}`)
    const name = `${nameOf(this.#index)}-${number}`
    const home = await Home.create({ name, number, nat, gateway, address, setMtu }, (wan) =>
      cable({ namespace: this.#core, interface: near, address: `${gateway}/30` }, wan),
    )
    this.#homes.set(number, home)
    return home
  }

  async remove(home: Home): Promise<void> {
    for (const [number, each] of this.#homes) if (each === home) this.#homes.delete(number)
    await home.close()
  }

  async close(): Promise<void> {
    for (const home of this.#homes.values()) await home.close()
    await this.#core.delete()
  }

  async #connect(): Promise<void> {
    const near = `peerstage${this.#index}`
    await this.#core.forward()
    await cable(
      { interface: near, address: `${this.address}/30` },
      { namespace: this.#core, interface: 'test', address: `${this.#addressOf(0, 1)}/30` },
    )
    await command(`ip route add ${this.#networkOf(0)}/26 via ${this.#addressOf(0, 1)}`)
  }

  #networkOf(cableNumber: number): string {
    return this.#addressOf(cableNumber, 0)
  }

  #addressOf(cableNumber: number, host: number): string {
    return `${PREFIX}.${this.#index * PER_INTERNET + cableNumber * PER_CABLE + host}`
  }
}

const nameOf = (index: number): string => `peerstage${index}-${process.pid}`

/** Removes the namespaces of test runs that were killed. */
async function removeAbandoned(): Promise<void> {
  const all = (await command('ip netns list')).split('\n').map((line) => line.split(' ')[0] ?? '')
  const running = new Set(await readdir('/proc'))
  for (const name of all) {
    const [, pid] = /^peerstage\d-(\d+)/.exec(name) ?? []
    if (pid !== undefined && !running.has(pid)) await command(`ip netns delete ${name}`)
  }
}
