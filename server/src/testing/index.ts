/**
 * A real server for the tests of an app, which can inject faults. Not for production: the main entry does not load it.
 *
 * @packageDocumentation
 */
export type { Fault } from './fault'
export type { CloseRule, DelayRule, Faults } from './faults'
export type { DownRule, FaultTarget, MessageRule, RuleBounds, UpRule } from './message-rule'
export { createTestServer, type InitialFaults, type TestServer, type TestServerOptions } from './test-server'
