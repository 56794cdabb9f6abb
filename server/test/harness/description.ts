const SECTIONS = ['audio', 'video', 'video', 'audio', 'application'].map((kind) => `m=${kind} 9 X 0`)

/** A session description that the server relays, because it has the sections of the layout. */
export const description = (says = 'x'): string => ['v=0', `s=${says}`, ...SECTIONS].join('\r\n')

/** A session description of exactly `bytes` bytes. */
export const descriptionOf = (bytes: number): string => description('x'.repeat(bytes - description('').length))
