import { join } from 'node:path'
import { Daemon, settingsOfDocs } from './daemon'

/** The key that this coturn makes passwords with. */
export const TURN_SECRET = 'only the server and coturn know it'

/**
 * A real TURN server on this machine, with the settings that docs/deployment.md gives.
 * @param change other settings, by their names
 * @param host the address that it listens and relays at
 */
export async function startCoturn(change: Readonly<Record<string, string>> = {}, host = '127.0.0.1'): Promise<Daemon> {
  const told = await settingsOfDocs('```ini\n# /etc/turnserver.conf')
  return Daemon.start({
    program: 'turnserver',
    debian: 'coturn',
    settings: (port, folder) => told.flatMap((line) => here(changed(line, change), port, folder, host)).join('\n'),
    host,
    args: (file) => ['-c', file],
  })
}

function changed(line: string, change: Readonly<Record<string, string>>): string {
  const [name = ''] = line.split('=')
  return change[name] === undefined ? line : `${name}=${change[name]}`
}

/** A setting as it has to be here: one address, a free port, no certificate, and relays that may reach this very machine. */
function here(line: string, port: number, folder: string, host: string): string[] {
  if (/^(tls-listening-port|cert|pkey)=/.test(line)) return []
  if (line.startsWith('static-auth-secret=')) return [`static-auth-secret=${TURN_SECRET}`]
  if (!line.startsWith('listening-port=')) return [line]
  return [
    `listening-port=${port}`,
    ...[`listening-ip=${host}`, `relay-ip=${host}`, 'allow-loopback-peers', 'no-tls', 'no-dtls', 'no-cli'],
    ...['log-file=stdout', `pidfile=${join(folder, 'pid')}`, `userdb=${join(folder, 'users')}`],
  ]
}
