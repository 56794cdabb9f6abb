// The log on the SQLite that Node brings along, whatever Node runs these tests: the first one that has it, and a later one.
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { emptyFolder, installedProject, packed } from '../../../sdk/test/packaging/npm'
import { run } from '../../../sdk/test/packaging/program'
import { otherNode } from '../harness/other-node'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
/** The contract of a log, its file, its end, and the server on a log that is down. */
const TESTS = ['server/test/log/', 'server/test/durability/log-down-sqlite', 'server/test/durability/disk-end']

describe.each(['22.13.0', '24.18.1'])('Node %s', (version) => {
  test('keeps the whole contract of the log', async () => {
    const node = await otherNode(version)
    const results = join(await emptyFolder(), 'results.json')
    const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`
    const suite = [
      'run',
      '--config',
      '.vitest.config.ts',
      '--project',
      'unit',
      '--reporter=json',
      '--outputFile',
      results,
    ]
    const ended = await run(repository, [vitest, ...suite, ...TESTS], { node, env: { PATH } }).catch(String)
    const { numTotalTests, numPassedTests, testResults } = JSON.parse(await readFile(results, 'utf8').catch(() => '{}'))
    const failed = testResults?.filter(({ status }: { status: string }) => status !== 'passed')
    expect({ failed, ended }).toMatchObject({ failed: [], ended: { stdout: expect.any(String) } })
    expect(numPassedTests).toBe(numTotalTests)
    expect(numTotalTests).toBeGreaterThan(150)
  })

  test('runs the packed server on a file, with no other package and no warning', async () => {
    const folder = await installedProject(await packed('server', await emptyFolder()))
    const program = `
      import { sqliteLog } from '@peerstage/server'
      const log = sqliteLog('rooms.db')
      await log.probe()
      await log.close()
      process.emitWarning('still heard')
      console.log(process.version)`
    await writeFile(join(folder, 'program.mjs'), program)
    const said = await run(folder, ['program.mjs'], { node: await otherNode(version) })
    expect(said.stdout).toBe(`v${version}\n`)
    expect(said.stderr).toMatch(/^\(node:\d+\) Warning: still heard\n\(Use `node --trace-warnings .*\n$/)
  })
})
