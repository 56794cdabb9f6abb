/**
 * A real server for the tests of an app, with faults to order. Not for production: nothing of the main entry loads it.
 *
 * @packageDocumentation
 */
export type { Fault } from './fault'
export type { CloseRule, DelayRule, Faults } from './faults'
export type { DownRule, FaultTarget, MessageRule, RuleBounds, UpRule } from './message-rule'
export { createTestServer, type InitialFaults, type TestServer, type TestServerOptions } from './test-server'
