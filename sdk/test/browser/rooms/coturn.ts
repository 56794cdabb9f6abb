import { join } from 'node:path'
import { Daemon, settingsOfDocs } from '../daemon'

/**
 * A real TURN server on this machine, with the settings that docs/deployment.md gives.
 * @param change turns them into others, line by line
 */
export async function startCoturn(change: (line: string) => string[] = (line) => [line]): Promise<Daemon> {
  const told = await settingsOfDocs('```ini\n# /etc/turnserver.conf')
  return Daemon.start({
    program: 'turnserver',
    debian: 'coturn',
    settings: (port, folder) =>
      told
        .flatMap(change)
        .flatMap((line) => here(line, port, folder))
        .join('\n'),
    args: (file) => ['-c', file],
  })
}

/** A setting as it has to be here: one address, a free port, no certificate, and relays that may reach this very machine. */
function here(line: string, port: number, folder: string): string[] {
  if (/^(tls-listening-port|cert|pkey)=/.test(line)) return []
  if (!line.startsWith('listening-port=')) return [line]
  return [
    `listening-port=${port}`,
    ...['listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', 'allow-loopback-peers', 'no-tls', 'no-dtls', 'no-cli'],
    ...['log-file=stdout', `pidfile=${join(folder, 'pid')}`, `userdb=${join(folder, 'users')}`],
  ]
}
