import type { Context } from 'hono'

/** Every answer of ours that is no success: a code for programs, a sentence for people. */
export const problem = (c: Context, status: 400 | 401 | 404 | 409 | 500 | 503, code: string, message: string) =>
  c.json({ error: { code, message } }, status)

export const unavailable = (c: Context) => problem(c, 503, 'unavailable', 'Try again in a moment.')
