/** simple-peer asks for bytes only to print them as hex, for its ids and channel names. The original returns a Node Buffer. */
export default (size: number) => {
  const bytes = crypto.getRandomValues(new Uint8Array(size))
  return { toString: () => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}
