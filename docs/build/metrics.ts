import { createMetrics } from '../../server/src/metrics/prometheus'

export type Metric = {
  readonly name: string
  /** counter, gauge or histogram */
  readonly kind: string
  readonly labels: readonly string[]
  readonly help: string
}

/** All that a server measures, as its own registry tells of it. */
export const METRICS: readonly Metric[] = await registered()

/** A label is seen once something was counted under it, so everything is counted once. */
async function registered(): Promise<Metric[]> {
  const { meter, own, close } = createMetrics({
    version: '0.0.0',
    rooms: () => [],
    sockets: () => 0,
    queuedBytes: () => 0,
    pausedSockets: () => 0,
    logIsUp: () => true,
  })
  meter.command('chat.send', 'ok')
  meter.rejection('invalid')
  meter.resume('events')
  meter.batch()()
  const written = await own()
  close()
  const each = /^# HELP (?<name>\w+) (?<help>.*)\n# TYPE \w+ (?<kind>\w+)\n(?<sample>.*)$/gm
  return [...written.matchAll(each)].map(({ groups: { name = '', help = '', kind = '', sample = '' } = {} }) => ({
    name,
    kind,
    labels: [...sample.matchAll(/(\w+)="/g)].flatMap(([, label = '']) => (label === 'le' ? [] : label)),
    help,
  }))
}
