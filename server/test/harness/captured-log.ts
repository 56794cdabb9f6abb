import { Writable } from 'node:stream'
import { createLogger } from '../../src/logging/logger'

/** The real logger at level `debug`, and the lines that it has written so far. */
export function capturedLog() {
  const written: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  const text = () => written.join('')
  const lines = (): Record<string, unknown>[] =>
    text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return {
    logger: createLogger('debug', sink),
    text,
    lines,
    audit: () => lines().filter((line) => line.audit === true),
  }
}
