#!/usr/bin/env node
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withoutForeign } from './bare-variables'
import { type CommandLine, helpText, readCommandLine } from './command-line'
import { ConfigError } from './config'
import { LogUnavailable } from './hosting/ports'
import { introduction, NO_SECRET } from './introduction'
import { openLog } from './log-file'
import { createPeerstageServer, type PeerstageServer } from './server'

const WRONG_USAGE = 2

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const { env, notes } = await withoutForeign(process.env, args)
  const commandLine = readCommandLine(args, env)
  if (commandLine.do === 'help') console.log(helpText())
  else if (commandLine.do === 'version') console.log(createRequire(import.meta.url)('../package.json').version)
  else {
    for (const note of [...notes, ...commandLine.notes]) console.error(note)
    await serve(commandLine.options).catch((error: unknown) => {
      throw error instanceof ConfigError ? new ConfigError(error.problems.map(commandLine.named)) : error
    })
  }
}

type Options = Extract<CommandLine, { do: 'serve' }>['options']

async function serve({ port, host, json, log: logSettings, drainDeadlineSeconds, ...options }: Options): Promise<void> {
  const dev = options.dev || options.auth === undefined
  const demo = dev ? { demoFolder: fileURLToPath(new URL('./demo/', import.meta.url)) } : {}
  const { log, devKey, line, loud } = openLog(logSettings, dev)
  const server = createPeerstageServer({ ...options, dev, log, ...demo, ...(devKey === undefined ? {} : { devKey }) })
  closeOnSignals(server, drainDeadlineSeconds === undefined ? {} : { deadlineMs: 1000 * drainDeadlineSeconds })
  const { url } = await server.listen(port, host)
  if (json) {
    console.log(JSON.stringify({ event: 'listening', url }))
    for (const each of [...(options.auth === undefined ? NO_SECRET : []), ...(loud ? [line] : [])]) console.error(each)
  } else for (const each of introduction({ url, dev, log: line, options })) console.log(each)
}

/** The first signal drains; a second one means now. Windows has none that drain: there a parent process sends `shutdown`. */
function closeOnSignals(server: PeerstageServer, options: Parameters<PeerstageServer['close']>[0]): void {
  let asked = false
  const onSignal = () => {
    if (asked) process.exit(1)
    asked = true
    server.close(options).then(
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

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : 'The server could not start.')
  process.exit(error instanceof ConfigError || error instanceof LogUnavailable ? WRONG_USAGE : 1)
})
