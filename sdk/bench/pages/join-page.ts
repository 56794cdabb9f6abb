// What each contestant's page offers: to be the host of a room, and to be the newcomer whose join is measured.

/** Where to join, and as whom. */
export type JoinTarget = {
  readonly port: number
  readonly room: string
  /** Ours alone. */
  readonly tokens?: { readonly host: string; readonly newcomer: string }
  /** The bare connections alone. */
  readonly raw?: { readonly slots: 'one track' | 'four slots'; readonly offerer: 'newcomer' | 'host' }
}

export type JoinTimes = {
  /** Until the host's picture is there. */
  readonly firstFrameMs: number
  /** Until a connection was up. */
  readonly connectedMs: number
}

export type JoinPage = {
  /** Captures the camera and the microphone: that is done before anything is measured. */
  readonly capture: () => Promise<void>
  /** Resolves when it is there, and publishes. */
  readonly host: (target: JoinTarget) => Promise<void>
  /** Ours alone: what a prejoin screen does. */
  readonly prepare?: (target: JoinTarget) => Promise<void>
  readonly join: (target: JoinTarget) => Promise<JoinTimes>
}

declare global {
  interface Window {
    joinPage: JoinPage
  }
}
