import { type IceServer, isTurn } from '@peerstage/sdk/protocol'

type Facts = {
  readonly url: string
  readonly metricsUrl: string | undefined
  readonly dev: boolean
  /** A sentence about the log. */
  readonly log: string
  readonly options: { readonly auth?: unknown; readonly turn?: unknown; readonly iceServers: readonly IceServer[] }
}

/** The lines that the command prints after the start. */
export function banner({ url, metricsUrl, dev, log, options }: Facts): string[] {
  const lines = [`Peerstage is listening on ${url}`, log]
  if (metricsUrl !== undefined) lines.push(`Metrics are at ${metricsUrl}`)
  if (dev) lines.push(...DEV_LINES(url))
  if (options.auth === undefined) lines.push(...NO_SECRET)
  if (options.turn === undefined && !options.iceServers.some(isTurn)) {
    lines.push(
      'No TURN server is set (PEERSTAGE_TURN_URLS): clients in restrictive networks will get no audio or video.',
    )
  }
  return lines
}

/** Lines that are printed even with `--json`, where a program reads the rest of the output. */
export const NO_SECRET: readonly string[] = [
  '!! NO SECRET: every client that reaches this server may enter any room. It serves this machine only.',
  '   For more, set PEERSTAGE_SECRET to at least 32 random bytes (openssl rand -base64 32).',
]

const DEV_LINES = (url: string): string[] => [
  `Open ${url}/?room=lobby in two tabs: the first one in a room is its host.`,
  'A phone or another computer needs https: browsers give cameras to secure pages only.',
]
