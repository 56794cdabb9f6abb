import { existsSync } from 'node:fs'
import { type Page, pages } from './pages'
import { filesIn, TEST_FOLDERS } from './test-sources'

/** A test file: by its whole path, or by the end of it. `*` stands for some of a name. */
const TEST_FILE = /[\w./*-]+\.test\.tsx?/g
/** A filter for test files, as commands take it: the beginning of a path. */
const FILTER = /\b(?:sdk|server)\/test\/[\w./-]+/g

/** Test files and filters in pages for which there is no file, as sentences. */
export function missingTests(of: readonly Page[] = pages()): string[] {
  const files = TEST_FOLDERS.flatMap(filesIn).map((path) => `/${path.replaceAll('\\', '/')}`)
  return of.flatMap(({ path, text }) => {
    const named = [...text.matchAll(TEST_FILE)].map(([name]) => name)
    const filters = [...text.matchAll(FILTER)].map(([name]) => name)
    return [
      ...named.filter((name) => !files.some((file) => endsWith(file, name))),
      ...filters.filter((name) => !existsSync(name) && !files.some((file) => file.startsWith(`/${name}`))),
    ].map((name) => `${path}: there is no test ${name}.`)
  })
}

function endsWith(file: string, name: string): boolean {
  const pattern = name.split('*').map((part) => part.replace(/[.]/g, '\\.'))
  return new RegExp(`/${pattern.join('[^/]*')}$`).test(file)
}
