import type { RequestListener } from './listener'
import { OwnServer, type OwnServerPorts } from './own-server'

export type OwnServersPorts = OwnServerPorts & {
  /** Metrics on a separate port, if it is set. */
  readonly metrics: { readonly port?: number; readonly host: string; readonly listener: RequestListener }
}

/** The addresses of a server that `listen` started. */
export type Listening = {
  /** The URL for clients, with the `basePath`. */
  readonly url: string
  /** The port in use. */
  readonly port: number
  /** The URL of the metrics, if `metrics.port` is set. */
  readonly metricsUrl?: string
}

/** The ports of a stand-alone server: the public port, and one for metrics if it is set. */
export class OwnServers {
  readonly main: OwnServer
  readonly #metrics: OwnServer
  readonly #metricsAt: OwnServersPorts['metrics']

  constructor(ports: OwnServersPorts) {
    this.main = new OwnServer(ports)
    this.#metricsAt = ports.metrics
    this.#metrics = new OwnServer({ ...ports, requestListener: ports.metrics.listener, maxSockets: 0 })
  }

  /** @throws Error when listening fails on one of the ports; then neither is open */
  async listen(port: number, host: string | undefined): Promise<Listening> {
    const { port: metricsPort, host: metricsHost } = this.#metricsAt
    if (metricsPort === undefined) return this.main.listen(port, host)
    const metrics = await this.#metrics.listen(metricsPort, metricsHost)
    try {
      return { ...(await this.main.listen(port, host)), metricsUrl: `${metrics.url}/metrics` }
    } catch (error) {
      await this.#metrics.cut()
      throw error
    }
  }

  /** Stops listening after pending requests are answered. The metrics port closes last. */
  async close(overdue: Promise<void>): Promise<void> {
    await this.main.close(overdue)
    await this.#metrics.close(overdue)
  }

  /** Stops listening now. */
  async cut(): Promise<void> {
    await Promise.all([this.main.cut(), this.#metrics.cut()])
  }
}
