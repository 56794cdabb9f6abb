import { describe, expect, test } from 'vitest'
import { isOneOfSeveral } from '../../src/hosting/cluster-worker'

describe('a process is one of several', () => {
  test.each([
    ['a worker of node:cluster', true, {}, true],
    ['the first worker of PM2’s cluster mode', true, { NODE_APP_INSTANCE: '0' }, true],
    ['another instance of PM2’s fork mode', false, { NODE_APP_INSTANCE: '1' }, true],
    ['the only instance of PM2’s fork mode', false, { NODE_APP_INSTANCE: '0' }, false],
    ['a process without a manager', false, {}, false],
    ['a process under another manager', false, { NODE_APP_INSTANCE: 'blue' }, false],
  ])('%s', (_what, isWorker, env, expected) => {
    expect(isOneOfSeveral(isWorker, env)).toBe(expected)
  })
})
