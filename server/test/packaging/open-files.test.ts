import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { CLI } from '../harness/running-cli'

test.runIf(process.platform !== 'win32')(
  'a process that may open no more files says so, and counts the seconds',
  async () => {
    const args = ['--json', '--dev', '--port', '0', '--log', ':memory:', '--metrics-port', '0']
    const child = spawn('sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, CLI, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = await once(child.stdout, 'data')
    const { url, metricsUrl } = JSON.parse(String(line))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const scrape = async () => {
      const [response] = await once(get(metricsUrl, { agent }), 'response')
      return (await response.setEncoding('utf8').toArray()).join('')
    }
    const full = async () => /^peerstage_files_full (\d)$/m.exec(await scrape())?.[1]
    const seconds = async () => Number(/^peerstage_files_full_seconds_total (\d+)$/m.exec(await scrape())?.[1])
    expect(await full()).toBe('0')
    expect(await seconds()).toBe(0)
    const { port } = new URL(url)
    const crowd = Array.from({ length: 100 }, () =>
      connect({ host: 'localhost', port: Number(port) }).on('error', () => {}),
    )
    await expect.poll(full).toBe('1')
    await expect.poll(seconds).toBeGreaterThan(0)
    for (const socket of crowd) socket.destroy()
    await expect.poll(full).toBe('0')
  },
)
