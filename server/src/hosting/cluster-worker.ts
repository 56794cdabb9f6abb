import cluster from 'node:cluster'
import type { Logger } from '../ports/logger'

/** What tells that connections are given to several processes in turn: `node:cluster` itself, and PM2, which numbers its instances from 0. */
export const isOneOfSeveral = (
  isWorker: boolean = cluster.isWorker,
  { NODE_APP_INSTANCE }: Readonly<Record<string, string | undefined>> = process.env,
): boolean => isWorker || Number(NODE_APP_INSTANCE) > 0

/** Two participants of a room would be in different processes, and neither process could know. */
export function warnOfCluster(logger: Logger): void {
  if (!isOneOfSeveral()) return
  const cure = 'run one process, or several with a port each behind a proxy that chooses by the room (docs/proxies.md)'
  logger.warn({}, `this process is a worker of a cluster, and a room lives in one process: ${cure}`)
}
