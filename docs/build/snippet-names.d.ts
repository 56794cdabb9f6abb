// What the snippets on the pages use without declaring it. Keep it short: a reader has to guess each of these.
import type * as sdk from '@peerstage/sdk'
import type * as server from '@peerstage/server'
import type { Express } from 'express'

declare global {
  /** What the script file gives. */
  const Peerstage: typeof sdk

  // The page
  const client: sdk.LiveStreamClient
  const video: HTMLVideoElement
  const screenVideo: HTMLVideoElement
  const button: HTMLButtonElement
  const participantId: string
  const messageId: string
  const deviceId: string
  function fetchToken(): Promise<string>
  function videoFor(participantId: string): HTMLVideoElement
  function render(...what: unknown[]): void
  function show(text: string): void
  function offerToTryAgain(afterMs?: number): void

  // The backend
  const live: server.PeerstageServer
  const app: Express
  const user: { readonly id: string; readonly name: string; readonly isHost: boolean }
}
