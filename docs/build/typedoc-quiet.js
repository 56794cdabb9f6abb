// A plugin of TypeDoc, for what it warns of hundreds of times and what matters would drown in.

/** The type of a schema holds each field twice (what goes in, what comes out), with the same comment. */
const SAME_COMMENT_TWICE = /has multiple declarations with a comment/
/** Fields that others tell of: `docs/protocol.md` has those of messages, `docs/events.md` those of events, RFC 7517 those of keys. */
const TOLD_ELSEWHERE =
  /\(Property\), defined in @peerstage\/(sdk\/src\/protocol\/[^ ]+|sdk\/src\/events\/events\.ts|server\/src\/auth\/jwk\.ts), does not have/

/** @param {import('typedoc').Application} app */
export function load({ logger }) {
  for (const [level, quiet] of [
    ['warn', SAME_COMMENT_TWICE],
    ['validationWarning', TOLD_ELSEWHERE],
  ]) {
    const tell = logger[level].bind(logger)
    logger[level] = (text, ...where) => {
      if (!quiet.test(text)) tell(text, ...where)
    }
  }
}
