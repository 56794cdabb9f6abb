import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readCommandLine } from '../../src/cli/command-line'
import type { MetricsOptions } from '../../src/config/metrics'
import { ConfigError, checkSettings } from '../../src/config/settings'
import { OwnServer } from '../../src/http/own-server'
import { makeServer, runServer } from '../harness/running-server'

const TOKEN = 'a-token-of-the-scraper'
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const status = async (url: string, init: RequestInit = {}) => (await fetch(url, init)).status

/** A server with metrics on a port of their own. */
async function withOwnPort(metrics: MetricsOptions = {}) {
  const live = makeServer({ metrics: { port: 0, ...metrics } })
  const { url, metricsUrl = '' } = await live.listen(0, '127.0.0.1')
  onTestFinished(() => live.close({ deadlineMs: 0 }))
  return { live, url, metricsUrl }
}

describe('a client that reaches the server does not read its metrics [R7.18]', () => {
  test('unless they are asked for there, or it is in dev mode', async () => {
    expect(await status(`${(await runServer({ metrics: {} })).url}/metrics`)).toBe(404)
    expect(await status(`${(await runServer({ metrics: { public: true } })).url}/metrics`)).toBe(200)
    expect(await status(`${(await runServer({ dev: true, metrics: {} })).url}/metrics`)).toBe(200)
    expect(await status(`${(await runServer({ dev: true, metrics: { public: false } })).url}/metrics`)).toBe(404)
  })

  test('with a token they are for who shows it, and each who does not is counted', async () => {
    const { url } = await runServer({ metrics: { token: TOKEN } })
    for (const init of [{}, bearer('another'), bearer(`${TOKEN}x`)])
      expect(await status(`${url}/metrics`, init)).toBe(401)
    expect(await status(`${url}/metrics?token=${TOKEN}`)).toBe(401)
    const answer = await fetch(`${url}/metrics`, bearer(TOKEN))
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('peerstage_rejections_total{reason="unauthorized"} 4\n')
  })

  test('on a port of their own they are on that one alone, on this machine alone, until the end of a drain', async () => {
    const { live, url, metricsUrl } = await withOwnPort()
    expect(metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    expect(await status(`${url}/metrics`)).toBe(404)
    const answer = await fetch(metricsUrl)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')])
    for (const path of ['/livez', '/v1/rooms/hall/stats'])
      expect(await status(new URL(path, metricsUrl).href)).toBe(404)
    await live.close({ deadlineMs: 1000 })
    await expect(fetch(metricsUrl)).rejects.toThrow()
  })

  test('a token counts on a port of their own too, and public opens both', async () => {
    const { url, metricsUrl } = await withOwnPort({ token: TOKEN, public: true })
    for (const each of [metricsUrl, `${url}/metrics`]) {
      expect(await status(each)).toBe(401)
      expect(await status(each, bearer(TOKEN))).toBe(200)
    }
  })

  test('in a server of one’s own they are a listener', async () => {
    const own = createServer(makeServer({ metrics: {} }).metricsListener)
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void own.close())
    expect(await status(`http://127.0.0.1:${(own.address() as AddressInfo).port}/metrics`)).toBe(200)
  })
})

test('where one of two ports is taken, neither is listened on', async () => {
  const { url, metricsUrl } = await withOwnPort()
  const taken = Number(new URL(url).port)
  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  await expect(makeServer({ metrics: { port } }).listen(taken, '127.0.0.1')).rejects.toThrow(`port ${taken} of`)
  const next = makeServer({ metrics: { port } })
  onTestFinished(() => next.close({ deadlineMs: 0 }))
  expect((await next.listen(0, '127.0.0.1')).metricsUrl).toBe(`http://127.0.0.1:${port}/metrics`)
  const metricsPort = Number(new URL(metricsUrl).port)
  const late = makeServer({ metrics: { port: metricsPort } })
  await expect(late.listen(0, '127.0.0.1')).rejects.toThrow(`port ${metricsPort} of`)
})

test.each<[object, string]>([
  [{ token: 'short' }, 'metrics.token must have at least 16 characters.'],
  [{ token: 'a token with blanks in it' }, 'metrics.token must have only visible ASCII characters, without spaces.'],
  [{ port: 70_000 }, 'metrics.port must be a whole number from 0 to 65535.'],
  [{ host: '' }, 'metrics.host must not be empty.'],
  [{ open: true }, 'metrics.open is not an option of metrics.'],
])('%j is rejected', (metrics, sentence) => {
  expect(() => checkSettings({ metrics })).toThrow(sentence)
})

test('in dev mode their port is on this machine too [R6.9]', async () => {
  const live = makeServer({ dev: true, metrics: { port: 0, host: '0.0.0.0' } })
  await expect(live.listen(0)).rejects.toThrow(ConfigError)
})

test('flags and variables say the same', () => {
  const env = { PEERSTAGE_METRICS_TOKEN: `${TOKEN}\n` }
  const line = readCommandLine(['--metrics-port', '9090', '--metrics-host', '::1', '--metrics-public'], env)
  expect(line).toMatchObject({ options: { metrics: { port: 9090, host: '::1', token: TOKEN, public: true } } })
})

test('the process is measured by the names that all programs have, once for all servers in it', async () => {
  const [one, two] = [await runServer(), await runServer()]
  for (const { url } of [one, two]) {
    const text = await (await fetch(`${url}/metrics`)).text()
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds']) {
      expect(text.match(new RegExp(`^${name} [\\d.e+-]+$`, 'gm'))).toHaveLength(1)
    }
    expect(text).toMatch(/^nodejs_version_info\{version="v\d+[^}]*\} 1$/m)
    expect(text).toMatch(/^peerstage_build_info\{version="\d+\.\d+\.\d+[^"]*"\} 1$/m)
    expect(text).toContain('\npeerstage_files_full 0\n')
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
  }
})

test('a connection that the system cannot hand over is counted, and ends nothing', async () => {
  const counted: unknown[] = []
  const own = new OwnServer({
    requestListener: (_, response) => void response.end('here'),
    meter: { rejection: (...rejection) => void counted.push(rejection) },
    maxSockets: 1,
  })
  const { url } = await own.listen(0, '127.0.0.1')
  onTestFinished(() => own.cut())
  // What Node tells of accept(2): no test can make a system fail so.
  own.http.emit('error', Object.assign(new Error('accept ENFILE'), { code: 'ENFILE', syscall: 'accept' }))
  expect(counted).toEqual([['accept_failed', { fault: 'ENFILE' }]])
  expect(await (await fetch(url)).text()).toBe('here')
})
