import * as v from 'valibot'

/** The schema of a whole number within bounds, with a sentence that names them. */
export const whole = (min: number, max: number) => {
  const sentence = `must be a whole number from ${min} to ${max}`
  return v.pipe(v.number(sentence), v.integer(sentence), v.minValue(min, sentence), v.maxValue(max, sentence))
}
