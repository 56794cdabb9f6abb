const SECTIONS = ['audio', 'video', 'video', 'audio', 'application'].map((kind) => `m=${kind} 9 X 0`)

/** A session description that the server passes on, as it has the sections of the layout. */
export const description = (says = 'x'): string => ['v=0', `s=${says}`, ...SECTIONS].join('\r\n')

/** One of exactly so many bytes. */
export const descriptionOf = (bytes: number): string => description('x'.repeat(bytes - description('').length))
