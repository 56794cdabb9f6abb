/**
 * A count as people write it: `1,234`, or `12K` from ten thousand on.
 *
 * @example
 * ```ts
 * import { formatCount } from '@peerstage/sdk'
 *
 * formatCount(1234, 'en') // '1,234'
 * formatCount(12_345, 'en') // '12.3K'
 * ```
 *
 * @param locale BCP 47, like `'de'`. Default: the browser's.
 * @throws RangeError when the locale is not a BCP 47 tag
 */
export function formatCount(count: number, locale?: string): string {
  const isLarge = Math.abs(count) >= 10_000
  const options: Intl.NumberFormatOptions = isLarge
    ? { notation: 'compact', maximumFractionDigits: 1 }
    : { maximumFractionDigits: 0 }
  return new Intl.NumberFormat(locale, options).format(count)
}

/**
 * A duration as a clock shows it: `0:07`, `12:34`, `1:02:03`. A negative duration counts as zero.
 *
 * @example
 * ```ts
 * import { formatDuration } from '@peerstage/sdk'
 *
 * formatDuration(754_000, 'en') // '12:34'
 * ```
 *
 * @param milliseconds how long; fractions of a second are dropped
 * @param locale BCP 47; decides the digits. Default: the browser's.
 * @throws RangeError when the locale is not a BCP 47 tag
 */
export function formatDuration(milliseconds: number, locale?: string): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000)) || 0
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor(total / 60) % 60
  const digits = (value: number, least: number) =>
    new Intl.NumberFormat(locale, { minimumIntegerDigits: least, useGrouping: false }).format(value)
  const tail = `${digits(minutes, hours > 0 ? 2 : 1)}:${digits(total % 60, 2)}`
  return hours > 0 ? `${digits(hours, 1)}:${tail}` : tail
}
