import { DIALECTS, type Dialect, type DialectName } from './dialect'
import { eachMarker, markedText } from './marker'
import { WireSocket } from './wire-socket'

export type CrowdSize = {
  readonly dialect: DialectName
  readonly port: number
  readonly sockets: number
  readonly perRoom: number
  /** How the names of its rooms begin. */
  readonly prefix?: string
  /** The index of the first one, where others are there already. Default 0. */
  readonly from?: number
}

/** Sockets that come at once: a server of ours verifies at most 500 at a time. */
const ARRIVING = 200

/** What the crowd gets: the text of a speaker, by its number. */
type Heard = (listener: Member, speaker: number, number: number) => void

/** One in a room. */
export class Member {
  readonly index: number
  readonly room: string
  readonly #dialect: Dialect
  #socket: WireSocket | undefined
  #said = 0

  constructor(index: number, room: string, dialect: Dialect) {
    this.index = index
    this.room = room
    this.#dialect = dialect
  }

  /** Resolves once it is in its room. Rejects when the server closes instead. */
  async join(port: number, isFirst: boolean, heard: Heard): Promise<void> {
    const newcomer = { room: this.room, index: this.index, isFirst }
    const protocols = await this.#dialect.protocols(newcomer)
    await new Promise<void>((resolve, reject) => {
      let hasJoined = false
      const onMessage = (data: Buffer, start: number, end: number) => {
        if (hasJoined) return this.#take(data, start, end, heard)
        const { say, joined } = this.#dialect.greet(data.toString('utf8', start, end))
        if (say !== undefined) this.#socket?.send(say)
        hasJoined = joined === true
        if (hasJoined) resolve()
      }
      const onClose = () => reject(new Error(`the server closed the socket ${this.index}`))
      this.#socket = new WireSocket(port, this.#dialect.path(newcomer), protocols, { onMessage, onClose })
    })
  }

  /** Says its next text. Answers the number of it. */
  speak(): number {
    const number = ++this.#said
    this.#socket?.send(this.#dialect.chat(number, markedText(this.index, number)))
    return number
  }

  leave(): void {
    this.#socket?.destroy()
  }

  #take(data: Buffer, start: number, end: number, heard: Heard): void {
    const { alive } = this.#dialect
    if (alive !== undefined && end - start === alive.asked.length && data[start] === alive.asked.charCodeAt(0)) {
      return this.#socket?.send(alive.answer)
    }
    eachMarker(data, start, end, (speaker, number) => heard(this, speaker, number))
  }
}

/** Rooms full of members, all connected. */
export async function joinedCrowd(size: CrowdSize, heard: Heard): Promise<Member[]> {
  const { dialect, port, sockets, perRoom, prefix = 'room', from: first = 0 } = size
  const members = Array.from({ length: sockets }, (_, nth) => {
    const index = first + nth
    return new Member(index, `${prefix}-${Math.floor(index / perRoom)}`, DIALECTS[dialect])
  })
  // The first of each room are hosts, and come before those that need one.
  const [hosts, others] = [members.filter(isFirst(perRoom)), members.filter((member) => !isFirst(perRoom)(member))]
  for (const group of [hosts, others]) {
    for (let from = 0; from < group.length; from += ARRIVING) {
      const arriving = group.slice(from, from + ARRIVING)
      await Promise.all(arriving.map((member) => member.join(port, isFirst(perRoom)(member), heard)))
    }
  }
  return members
}

const isFirst =
  (perRoom: number) =>
  ({ index }: Member): boolean =>
    index % perRoom === 0
