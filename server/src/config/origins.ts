import { isLocalName } from '../auth/local-request'

/** Whether a page of this origin may connect. */
export type OriginRule = (origin: string | undefined) => boolean

/** What an entry of the list lets in: this origin, or those that have exactly one label more than it. */
export type ListedOrigin = { readonly type: 'exact' | 'behindLabel'; readonly origin: string }

type OriginResult = { readonly ok: true; readonly rule: ListedOrigin } | { readonly ok: false; readonly error: string }

const bad = (error: string): OriginResult => ({ ok: false, error })

const NO_ORIGIN = 'must be an origin like https://example.com, without a path'
const NULL_ORIGIN =
  'must not be null: every page can have that origin, in a sandboxed frame; leave the list out to let such pages in'
const WILDCARD =
  'may have * for one whole label alone, before a domain: https://*.example.com, but not https://*, https://*.com or https://a*.example.com'

/** What has no host that DNS knows: an app's own scheme, such as capacitor://localhost, app://-, or file://. */
const APP = /^(?!https?:|wss?:)[a-z][a-z\d+.-]*:\/\/[\w.-]*(?::\d+)?$/i
/** The only label, and what stands around it. */
const FIRST_LABEL = /^(https?:\/\/)\*\.([^*]+)$/i

/**
 * An allow-list; without one any page may come, because nothing here rides on cookies. A missing Origin is no browser, and shows
 * a token like all others.
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

/** As browsers write it; undefined for what is no origin. */
function canonical(text: string): string | undefined {
  if (APP.test(text)) return text.toLowerCase()
  if (!/^https?:\/\/[^\s/?#@\\]+$/i.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).origin
}

/** Not a whole top-level domain, nor the numbers of an address. */
function isWideEnough(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || (/[^.]\.[^.]/.test(hostname) && !/(?:^|\.)\d+$|\]$/.test(hostname))
}

/** Pages of this machine alone: what dev mode allows, where no token is asked for. */
export const localOrigins: OriginRule = (origin) => {
  if (origin === undefined) return true
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname)
}
