/** The payloads of the unmasked WebSocket frames in `bytes` (RFC 6455 §5.2), as text. */
export function framesIn(bytes: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const told = bytes.readUInt8(at + 1)
    const start = at + (told < 126 ? 2 : told === 126 ? 4 : 10)
    const length = told < 126 ? told : told === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    texts.push(bytes.toString('utf8', start, start + length))
    at = start + length
  }
  return texts
}
