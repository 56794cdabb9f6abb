#!/usr/bin/env node
import { ConfigError } from '../config/settings'
import { SERVER_VERSION } from '../config/version'
import { backUp } from './backup'
import { ownVariables } from './bare-variables'
import { flagsToServe, helpText, readCommandLine } from './command-line'
import { exitCodeOf, FAULT } from './exit-code'
import { serve } from './serve'

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const flags = flagsToServe(args)
  const { env, notes } = flags === undefined ? { env: process.env, notes: [] } : await ownVariables(process.env, flags)
  const commandLine = readCommandLine(args, env)
  if (commandLine.type === 'help') console.log(helpText())
  else if (commandLine.type === 'version') console.log(SERVER_VERSION)
  else if (commandLine.type === 'backup') console.log(await backUp(commandLine))
  else {
    for (const note of [...notes, ...commandLine.notes]) console.error(note)
    await serve(commandLine).catch((error: unknown) => {
      throw error instanceof ConfigError ? new ConfigError(error.problems.map(commandLine.named)) : error
    })
  }
}

/** Called when the event loop is empty before the work is complete: the exit code must not be that of success. */
function stuck(): void {
  console.error('The command ended before its work was complete.')
  process.exitCode = FAULT
}

process.once('beforeExit', stuck)
main().then(
  () => void process.off('beforeExit', stuck),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : 'The server could not start.')
    process.exit(exitCodeOf(error))
  },
)
