import type { RequestListener } from './listener'
import { OwnServer, type OwnServerOptions } from './own-server'

export type OwnPortsOptions = OwnServerOptions & {
  /** Metrics on a port of their own, where there is one. */
  readonly metrics: { readonly port?: number; readonly host: string; readonly listener: RequestListener }
}

/** Where a server that stands alone is to be found. */
export type Listening = {
  /** What clients are told, the `basePath` in it. */
  readonly url: string
  /** The port that was taken. */
  readonly port: number
  /** Where metrics are read, with `metrics.port`; else absent. */
  readonly metricsUrl?: string
}

/** What a process that serves stand-alone listens on: the public port, and one for metrics where that is set. */
export class OwnPorts {
  readonly main: OwnServer
  readonly #metrics: OwnServer
  readonly #metricsAt: OwnPortsOptions['metrics']

  constructor(options: OwnPortsOptions) {
    this.main = new OwnServer(options)
    this.#metricsAt = options.metrics
    this.#metrics = new OwnServer({ ...options, requestListener: options.metrics.listener, maxSockets: 0 })
  }

  /** @throws Error when an address cannot be listened on; then nothing listens */
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

  /** Stops listening, once those have their answer who have asked. Metrics can be read while the others go. */
  async close(overdue: Promise<void>): Promise<void> {
    await this.main.close(overdue)
    await this.#metrics.close(overdue)
  }

  /** Stops listening now. */
  async cut(): Promise<void> {
    await Promise.all([this.main.cut(), this.#metrics.cut()])
  }
}
