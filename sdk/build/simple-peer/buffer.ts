/** simple-peer uses Buffer only to wrap an ArrayBuffer that arrived: a Uint8Array is the same to its reader, without Node's 50 kB. */
export const Buffer = { from: (bytes: ArrayBuffer) => new Uint8Array(bytes) }
