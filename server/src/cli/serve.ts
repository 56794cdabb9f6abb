import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config/settings'
import { createPeerstageServer } from '../server'
import { type BackupSocket, openBackupSocket } from './backup-socket'
import { banner, NO_SECRET } from './banner'
import type { CommandLine } from './command-line'
import { isInUse } from './exit-code'
import { openLog } from './open-log'

export type ServeCommand = Extract<CommandLine, { type: 'serve' }>

/** Starts the server of the command line. @throws an error whose message is for the operator; see `exitCodeOf` */
export async function serve({ options: all, named }: ServeCommand): Promise<void> {
  const { port, host, json, log: logSettings, drainDeadlineSeconds, startDeadlineSeconds, ...options } = all
  const dev = options.dev || options.auth === undefined
  const demo = dev ? { demoFolder: fileURLToPath(new URL('./demo/', import.meta.url)) } : {}
  const patience = {
    deadlineMs: 1000 * startDeadlineSeconds,
    helps: isInUse,
    waiting: (error: unknown) =>
      console.error(`${messageOf(error)} Waiting for it, for up to ${startDeadlineSeconds} s.`),
  }
  const { log, file, devKey, line, loud } = await retryUntil(() => openLog(logSettings, dev), patience)
  const server = createPeerstageServer({ ...options, dev, log, ...demo, ...(devKey === undefined ? {} : { devKey }) })
  let backups: BackupSocket | undefined
  closeOnSignals(() => {
    backups?.close()
    return server.close(drainDeadlineSeconds === undefined ? {} : { deadlineMs: 1000 * drainDeadlineSeconds })
  })
  const { url, metricsUrl } = await retryUntil(() => server.listen(port, host), patience).catch((error: unknown) => {
    throw error instanceof ConfigError ? error : withSource(error, named, options.metrics.port)
  })
  if (file !== undefined) backups = await openBackupSocket(file, (sentence) => console.error(sentence))
  if (json) {
    console.log(JSON.stringify({ event: 'listening', url, metricsUrl }))
    for (const each of [...(options.auth === undefined ? NO_SECRET : []), ...(loud ? [line] : [])]) console.error(each)
  } else for (const each of banner({ url, metricsUrl, dev, log: line, options })) console.log(each)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '')

/** Adds to an error of listening where its port and host were set. */
function withSource(error: unknown, named: ServeCommand['named'], metricsPort: number | undefined): Error {
  const cause = (error as Error).cause as { readonly port?: number } | undefined
  const within = metricsPort !== undefined && cause?.port === metricsPort ? 'metrics.' : ''
  const [port, host] = [`${within}port`, `${within}host`].map((path) => named({ path, sentence: '' }).path)
  return new Error(`${messageOf(error)} It is set by ${port} and ${host}.`, { cause })
}

/** The first signal drains the server, the second one ends it at once. On Windows, which lacks such signals, a parent process sends `shutdown`. */
function closeOnSignals(close: () => Promise<void>): void {
  let asked = false
  const onSignal = () => {
    if (asked) process.exit(1)
    asked = true
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('message', (message) => {
    if (message === 'shutdown') onSignal()
  })
}

const BETWEEN_TRIES_MS = 250

type RetryRule = {
  readonly deadlineMs: number
  /** Whether a retry may succeed after this error. */
  readonly helps: (error: unknown) => boolean
  /** Called once, before the first wait. */
  readonly waiting: (error: unknown) => void
}

/** Retries until it succeeds. Rejects with the last error when a retry cannot help, or the deadline has passed. */
async function retryUntil<T>(attempt: () => T | Promise<T>, { deadlineMs, helps, waiting }: RetryRule): Promise<T> {
  const end = performance.now() + deadlineMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await attempt()
    } catch (error) {
      if (!helps(error) || performance.now() >= end) throw error
      if (isFirst) waiting(error)
    }
    await setTimeout(BETWEEN_TRIES_MS)
  }
}
