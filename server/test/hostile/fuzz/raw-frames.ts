import type { Random } from './random'

const OPCODES = [0, 1, 2, 3, 7, 8, 9, 10, 11, 15]
const GOOD = ['[{"type":"heartbeat"}]', '[{"type":"cast","cast":{"type":"reaction","emoji":"🔥"}}]']
const BAD = ['[]', '[null]', '{', '']

/** One WebSocket frame (RFC 6455 §5.2), or what looks like one: any opcode, flags, mask and length, true or not. */
export function rawFrame(random: Random): Buffer {
  if (random.chance(0.02)) return random.bytes(1 + random.below(200))
  const honest = random.chance(0.9)
  const opcode = honest ? 1 : random.pick(OPCODES)
  const flags = honest ? 0x80 : random.pick([0x80, 0x80, 0, 0xc0, 0xb0])
  const text = random.pick(random.chance(0.98) ? GOOD : BAD)
  const payload = random.chance(0.95) ? Buffer.from(text) : random.bytes(random.below(300))
  const masked = honest || random.chance(0.8)
  const claimed = honest || random.chance(0.8) ? payload.length : random.pick([0, 125, 65_535, 2 ** 31, 2 ** 40])
  const mask = random.bytes(4)
  const body = masked ? Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))) : payload
  return Buffer.concat([head(flags | opcode, masked, claimed), ...(masked ? [mask] : []), body])
}

function head(first: number, masked: boolean, length: number): Buffer {
  const bit = masked ? 0x80 : 0
  if (length < 126) return Buffer.from([first, bit | length])
  if (length < 2 ** 16) {
    const bytes = Buffer.from([first, bit | 126, 0, 0])
    bytes.writeUInt16BE(length, 2)
    return bytes
  }
  const bytes = Buffer.alloc(10)
  bytes.set([first, bit | 127])
  bytes.writeBigUInt64BE(BigInt(length), 2)
  return bytes
}
