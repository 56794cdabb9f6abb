import { joinFrame, utf8Bytes } from '../protocol'

/** The two brackets of a frame. */
const BRACKETS = 2

/** Whether one encoded message fits into a frame of its own. */
export const fitsFrame = (message: string, maxFrameBytes: number): boolean =>
  utf8Bytes(message) + BRACKETS <= maxFrameBytes

/** Encoded messages, in order, in as few frames of at most `maxFrameBytes` as possible. Each message must fit into a frame. */
export function framesOf(messages: readonly string[], maxFrameBytes: number): string[] {
  const frames: string[] = []
  let batch: string[] = []
  let bytes = BRACKETS
  for (const message of messages) {
    const size = utf8Bytes(message) + 1
    if (batch.length > 0 && bytes + size - 1 > maxFrameBytes) {
      frames.push(joinFrame(batch))
      batch = []
      bytes = BRACKETS
    }
    batch.push(message)
    bytes += size
  }
  if (batch.length > 0) frames.push(joinFrame(batch))
  return frames
}
