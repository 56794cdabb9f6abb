// Each text begins with who says it and the number of it, at fixed places: found without reading the message around it.

const START = '~'.charCodeAt(0)
const ZERO = '0'.charCodeAt(0)
const SPEAKER_DIGITS = 5
const NUMBER_DIGITS = 7
const MARKER_LENGTH = 1 + SPEAKER_DIGITS + NUMBER_DIGITS

export const markedText = (speaker: number, number: number): string =>
  `~${String(speaker).padStart(SPEAKER_DIGITS, '0')}${String(number).padStart(NUMBER_DIGITS, '0')}` +
  ' what people say in a chat is about as long as this'

/** Tells of each text in a message. */
export function eachMarker(
  data: Buffer,
  start: number,
  end: number,
  found: (speaker: number, number: number) => void,
): void {
  let at = data.indexOf(START, start)
  while (at !== -1 && at < end) {
    const number = at + 1 + SPEAKER_DIGITS
    found(digits(data, at + 1, number), digits(data, number, number + NUMBER_DIGITS))
    at = data.indexOf(START, at + MARKER_LENGTH)
  }
}

function digits(data: Buffer, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + (data[at] ?? 0) - ZERO
  return value
}
