type Handler<E> = ((event: E) => void) | null

/**
 * The data channel as simple-peer sees it. simple-peer ends the whole connection when its channel closes, and media with it.
 * So this one opens, carries messages, and never tells that it closed.
 */
export class QuietChannel {
  onopen: Handler<Event> = null
  onmessage: Handler<MessageEvent> = null
  readonly #channel: RTCDataChannel

  constructor(channel: RTCDataChannel) {
    this.#channel = channel
    channel.onopen = (event) => this.onopen?.(event)
    channel.onmessage = (event) => this.onmessage?.(event)
  }

  get label(): string {
    return this.#channel.label
  }

  get readyState(): RTCDataChannelState {
    return this.#channel.readyState === 'connecting' ? 'connecting' : 'open'
  }

  get bufferedAmount(): number {
    return this.#channel.bufferedAmount
  }

  get bufferedAmountLowThreshold(): number {
    return this.#channel.bufferedAmountLowThreshold
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#channel.bufferedAmountLowThreshold = bytes
  }

  set binaryType(type: BinaryType) {
    this.#channel.binaryType = type
  }

  send(data: string): void {
    if (this.#channel.readyState === 'open') this.#channel.send(data)
  }

  close(): void {
    this.#channel.onopen = null
    this.#channel.onmessage = null
    this.#channel.close()
  }
}
