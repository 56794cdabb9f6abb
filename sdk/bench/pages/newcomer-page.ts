// What the pages of the bench `newcomer` offer: a room of people who publish, and the one who comes to them.

export type Room = {
  readonly port: number
  readonly room: string
  /** One for each of those in the room, then the newcomer's. Ours alone. */
  readonly tokens: readonly string[]
  readonly members: number
  /** The newcomer's name. */
  readonly newcomer: string
  /** The bare connections alone. */
  readonly slots: 'one track' | 'four slots'
}

export type NewcomerPage = {
  /** Resolves when all are there. Of those in the room none has a link to another: that is not what is measured. */
  readonly fill: (room: Room) => Promise<void>
  /** Resolves when all pictures are there, with how long that took in ms. */
  readonly come: (room: Room) => Promise<number>
}

declare global {
  interface Window {
    newcomerPage: NewcomerPage
  }
}
