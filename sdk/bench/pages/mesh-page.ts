// What the pages of the bench `mesh` offer: a whole room in one page, without media.

export type MeshRoom = {
  readonly port: number
  readonly room: string
  /** Ours alone. */
  readonly tokens: readonly string[]
  readonly members: number
  /** The bare connections alone. */
  readonly slots: 'four slots' | 'data channel'
}

export type MeshPage = {
  /** Resolves when all are linked with all, with how long that took in ms. */
  readonly connect: (room: MeshRoom) => Promise<number>
}

declare global {
  interface Window {
    meshPage: MeshPage
  }
}
