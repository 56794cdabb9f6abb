import { cpus, totalmem } from 'node:os'

/** What the figures were measured on. It names no host. */
export type Machine = {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly chromium?: string
}

export function describeMachine(chromium?: string): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    ...(chromium === undefined ? {} : { chromium }),
  }
}
