// How the tests install what they need and the machine lacks.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What installs a package of Debian or Ubuntu. None on another system, and none where it would need a password. */
export function aptCommands(name: string): string[][] {
  const isRoot = process.getuid?.() === 0
  // Machines of CI services often let their user do it.
  const sudo = isRoot ? [] : ['sudo', '--non-interactive']
  if (!existsSync('/usr/bin/apt-get') || (!isRoot && !process.env.CI)) return []
  return [
    [...sudo, 'apt-get', 'update'],
    [...sudo, 'apt-get', 'install', '-y', name],
  ]
}

export function run([command = '', ...args]: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`\`${[command, ...args].join(' ')}\` ended with ${signal ?? code}`)),
    )
  })
}
