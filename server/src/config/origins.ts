import { isLocalName } from '../auth/local-request'

/** Whether a page of this origin may connect. */
export type OriginRule = (origin: string | undefined) => boolean

/** An entry of the list: it allows this origin, or all origins with exactly one more label. */
export type ListedOrigin = { readonly type: 'exact' | 'behindLabel'; readonly origin: string }

type OriginResult = { readonly ok: true; readonly rule: ListedOrigin } | { readonly ok: false; readonly error: string }

const bad = (error: string): OriginResult => ({ ok: false, error })

const NO_ORIGIN = 'must be an origin like https://example.com, without a path'
const NULL_ORIGIN =
  'must not be null: every page can have that origin, in a sandboxed frame; leave the list out to let such pages in'
const WILDCARD =
  'may have * for one whole label alone, before a domain: https://*.example.com, but not https://*, https://*.com or https://a*.example.com'

/** The origin of an app with its own scheme, such as capacitor://localhost, app://- or file://. */
const APP = /^(?!https?:|wss?:)[a-z][a-z\d+.-]*:\/\/[\w.-]*(?::\d+)?$/i
/** A `*` as the first label, the scheme before it and the domain after it. */
const FIRST_LABEL = /^(https?:\/\/)\*\.([^*]+)$/i

/**
 * Makes the rule of an allow-list. Without a list any page may connect, because the server uses no cookies. A request without an Origin
 * is not from a browser; it needs a token, like all requests.
 */
export function originRule(allowed: readonly string[] | undefined): OriginRule {
  if (allowed === undefined) return () => true
  const rules = allowed.map(readOrigin).flatMap((result) => (result.ok ? [result.rule] : []))
  const originsOf = (type: ListedOrigin['type']) =>
    new Set(rules.flatMap((rule) => (rule.type === type ? [rule.origin] : [])))
  const [exact, behindLabel] = [originsOf('exact'), originsOf('behindLabel')]
  return (origin) => {
    if (origin === undefined) return true
    const plain = canonical(origin)
    if (plain === undefined) return false
    return exact.has(plain) || behindLabel.has(plain.replace(/^(https?:\/\/)[^./]+\./, '$1'))
  }
}

/** Reads an entry of the list. Case does not matter, and the default port of a scheme can be left out. */
export function readOrigin(text: string): OriginResult {
  if (text === '*') return bad('must not be *: leave the list out, and pages of any origin may connect')
  if (/^null$/i.test(text)) return bad(NULL_ORIGIN)
  if (/^wss?:/i.test(text)) {
    return bad('must be where the page comes from, with https:// or http://, not where sockets go')
  }
  if (!text.includes('*')) {
    const origin = canonical(text)
    return origin === undefined ? bad(NO_ORIGIN) : { ok: true, rule: { type: 'exact', origin } }
  }
  const [, scheme, domain = ''] = FIRST_LABEL.exec(text) ?? []
  const origin = scheme === undefined ? undefined : canonical(scheme + domain)
  return origin === undefined || !isWideEnough(origin)
    ? bad(WILDCARD)
    : { ok: true, rule: { type: 'behindLabel', origin } }
}

/** The origin as browsers write it; undefined for an invalid one. */
function canonical(text: string): string | undefined {
  if (APP.test(text)) return text.toLowerCase()
  if (!/^https?:\/\/[^\s/?#@\\]+$/i.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).origin
}

/** Whether a wildcard may be before this host: not before a top-level domain or an IP address. */
function isWideEnough(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || (/[^.]\.[^.]/.test(hostname) && !/(?:^|\.)\d+$|\]$/.test(hostname))
}

/** Allows pages of this machine only. Dev mode uses it, because it asks for no token. */
export const localOrigins: OriginRule = (origin) => {
  if (origin === undefined) return true
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname)
}
