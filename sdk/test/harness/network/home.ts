// One home of the internet of a test: a router with NAT, and behind it one machine, in which browsers are started.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { inject } from 'vitest'
import type { BrowserName, BrowserOptions } from '../browser/browser-name'
import { launch } from '../browser/ensure-browser'
import { cable, command, type End, Namespace } from './namespace'

/**
 * `cone`: one port outside for each port inside, whatever the other side; only hosts that were sent something may answer (RFC 4787:
 * endpoint-independent mapping, address and port-dependent filtering). `symmetric`: another port for each other side, so that no host
 * can tell a third one where to send.
 */
export type Nat = 'cone' | 'symmetric'

export type HomeOptions = {
  readonly name: string
  readonly number: number
  readonly nat: Nat
  /** The address of the internet's end of its cable. */
  readonly gateway: string
  /** The router's address in the internet. */
  readonly address: string
  /** Sets the largest packet of the internet's end of its cable. */
  readonly setMtu: (bytes: number) => Promise<unknown>
}

/** What a cut stops: packets of UDP alone, or all; on their way out, in, or both. */
export type Cut = { readonly what?: 'udp' | 'all'; readonly way?: 'out' | 'in' | 'both' }

export class Home {
  readonly #router: Namespace
  readonly #machine: Namespace
  readonly #options: HomeOptions
  readonly #network: string
  #host = 2
  #folder = ''

  /** @param connect lays the cable between the internet and the router */
  static async create(options: HomeOptions, connect: (wan: End) => Promise<void>): Promise<Home> {
    const router = await Namespace.create(`${options.name}r`)
    const machine = await Namespace.create(`${options.name}m`)
    const home = new Home(router, machine, options)
    await router.forward()
    await connect({ namespace: router, interface: 'wan', address: `${options.address}/30` })
    await router.run(`ip route add default via ${options.gateway}`)
    await home.#connectMachine()
    await router.rules(natRules(options.nat))
    return home
  }

  private constructor(router: Namespace, machine: Namespace, options: HomeOptions) {
    this.#router = router
    this.#machine = machine
    this.#options = options
    this.#network = `192.168.${100 + options.number}`
  }

  /** The machine's address in the home's own network. */
  get address(): string {
    return `${this.#network}.${this.#host}`
  }

  /** A browser on the machine. The caller closes it. */
  async launchBrowser(options: BrowserOptions = {}, name: BrowserName = 'chromium'): Promise<Browser> {
    if (this.#folder === '') this.#folder = await mkdtemp(join(tmpdir(), 'peerstage-home-'))
    const program = join(this.#folder, name)
    await writeFile(program, `#!/bin/sh\nexec ip netns exec ${this.#machine.name} ${inject(name)} "$@"\n`)
    await chmod(program, 0o700)
    return launch(name, program, options)
  }

  /** Loses packets in silence, as a router does that has lost its line. Returns what mends it. */
  async cut({ what = 'all', way = 'both' }: Cut = {}): Promise<() => Promise<void>> {
    const packets = what === 'udp' ? 'meta l4proto udp ' : ''
    const out = `iifname "lan" ${packets}drop`
    const back = `iifname "wan" ${packets}drop`
    const lost = [way === 'in' ? '' : out, way === 'out' ? '' : back].filter(Boolean).join('\n')
    const chain = `chain forward {\ntype filter hook forward priority -10;\n${lost}\n}`
    await this.#router.rules(`table inet cut {\n${chain}\n}\n`)
    return async () => {
      await this.#router.rules('delete table inet cut\n')
    }
  }

  /** The machine gets another address in its network, as by DHCP; the one before is gone. */
  async changeAddress(): Promise<void> {
    const before = this.address
    this.#host += 1
    await this.#machine.run(`ip addr add ${this.address}/24 dev lan`)
    await this.#machine.run(`ip addr delete ${before}/24 dev lan`)
    await this.#machine.run(`ip addr replace ${this.address}/24 dev lan`)
    await this.#machine.run(`ip route replace default via ${this.#network}.1`)
  }

  /** Stops all programs of the machine, as a sleep does. Returns what wakes them. */
  async freeze(): Promise<() => Promise<void>> {
    const pids = (await command(`ip netns pids ${this.#machine.name}`)).trim().split('\n').map(Number)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    return async () => {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
  }

  /** The largest packet that the home's line carries, in bytes. */
  async setMtu(bytes: number): Promise<void> {
    await this.#options.setMtu(bytes)
    await this.#router.run(`ip link set wan mtu ${bytes}`)
  }

  async close(): Promise<void> {
    await this.#machine.delete()
    await this.#router.delete()
    if (this.#folder !== '') await rm(this.#folder, { recursive: true })
  }

  async #connectMachine(): Promise<void> {
    await cable(
      { namespace: this.#router, interface: 'lan', address: `${this.#network}.1/24` },
      { namespace: this.#machine, interface: 'lan', address: `${this.address}/24` },
    )
    await this.#machine.run(`ip route add default via ${this.#network}.1`)
  }
}

/** What comes to the router itself is dropped: else a packet that comes before the first one goes out would take its port. */
const natRules = (nat: Nat): string => `
table ip nat {
  chain out {
    type nat hook postrouting priority 100;
    oifname "wan" masquerade${nat === 'symmetric' ? ' fully-random' : ''}
  }
  chain in {
    type filter hook input priority 0;
    iifname "wan" drop
  }
}
`
