import { read, type Setting } from './setting'

/** The settings of the number of sockets, of client addresses, and of metrics. */
export const TRAFFIC_SETTINGS: readonly Setting[] = [
  {
    path: 'maxSockets',
    flag: 'max-sockets',
    env: 'PEERSTAGE_MAX_SOCKETS',
    read: read.number,
    help: 'sockets of the process (default 10000)',
  },
  {
    path: 'maxSocketsPerAddress',
    flag: 'max-sockets-per-address',
    env: 'PEERSTAGE_MAX_SOCKETS_PER_ADDRESS',
    read: read.number,
    help: 'sockets of one public address (default 200)',
  },
  {
    path: 'maxVerifying',
    flag: 'max-verifying',
    env: 'PEERSTAGE_MAX_VERIFYING',
    read: read.number,
    help: 'sockets whose tokens are verified at once (default 500)',
  },
  {
    path: 'maxHolds',
    flag: 'max-holds',
    env: 'PEERSTAGE_MAX_HOLDS',
    read: read.number,
    help: 'prejoin screens at once: connections without a seat (default 500)',
  },
  {
    path: 'trustProxy',
    flag: 'trust-proxy',
    env: 'PEERSTAGE_TRUST_PROXY',
    read: read.numberOrList,
    help: 'proxies whose X-Forwarded-For is trusted: their number, or their addresses and subnets (default 0)',
  },
  {
    path: 'logAddresses',
    flag: 'log-addresses',
    env: 'PEERSTAGE_LOG_ADDRESSES',
    read: read.flag,
    help: 'write addresses of rejected connections to the log, instead of hashes',
  },
  {
    path: 'metrics.port',
    flag: 'metrics-port',
    env: 'PEERSTAGE_METRICS_PORT',
    read: read.number,
    help: 'a separate port for metrics, instead of /metrics (default: none)',
  },
  {
    path: 'metrics.host',
    flag: 'metrics-host',
    env: 'PEERSTAGE_METRICS_HOST',
    read: read.text,
    help: 'address of the metrics port (default 127.0.0.1)',
  },
  {
    path: 'metrics.token',
    env: 'PEERSTAGE_METRICS_TOKEN',
    isSecret: true,
    read: read.text,
    help: 'bearer token for reading metrics, at least 16 characters',
  },
  {
    path: 'metrics.public',
    flag: 'metrics-public',
    env: 'PEERSTAGE_METRICS_PUBLIC',
    read: read.flag,
    help: 'serve /metrics on the public port (default: with a token, or in dev mode)',
  },
]
