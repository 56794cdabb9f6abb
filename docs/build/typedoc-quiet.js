// A plugin of TypeDoc. The type of a schema holds each field twice (what goes in, what comes out), with the same comment. TypeDoc
// warns of that for hundreds of fields, and what matters would drown in it.
const SAME_COMMENT_TWICE = 'has multiple declarations with a comment'

/** @param {import('typedoc').Application} app */
export function load({ logger }) {
  const warn = logger.warn.bind(logger)
  logger.warn = (text, ...where) => {
    if (!text.includes(SAME_COMMENT_TWICE)) warn(text, ...where)
  }
}
