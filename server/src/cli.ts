#!/usr/bin/env node
import { backUp } from './backup'
import { withoutForeign } from './bare-variables'
import { helpText, readCommandLine } from './command-line'
import { ConfigError } from './config'
import { exitCodeOf } from './exit-code'
import { serve } from './stand-alone'
import { SERVER_VERSION } from './version'

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const { env, notes } = await withoutForeign(process.env, args)
  const commandLine = readCommandLine(args, env)
  if (commandLine.do === 'help') console.log(helpText())
  else if (commandLine.do === 'version') console.log(SERVER_VERSION)
  else if (commandLine.do === 'backup') console.log(await backUp(commandLine))
  else {
    for (const note of [...notes, ...commandLine.notes]) console.error(note)
    await serve(commandLine).catch((error: unknown) => {
      throw error instanceof ConfigError ? new ConfigError(error.problems.map(commandLine.named)) : error
    })
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : 'The server could not start.')
  process.exit(exitCodeOf(error))
})
