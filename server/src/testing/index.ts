/**
 * A real server for the tests of an app, with faults to order. Not for production: nothing of the main entry loads it.
 *
 * @packageDocumentation
 */
export type { Fault } from './fault'
export type { CloseRule, DelayRule, Faults } from './faults'
export type { DownRule, MessageRule, RuleBounds, UpRule, Whose } from './message-rule'
export { createTestServer, type FirstFaults, type TestServer, type TestServerOptions } from './test-server'
