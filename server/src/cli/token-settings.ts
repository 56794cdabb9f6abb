import { read, type Setting } from './setting'

/** The settings of the keys and required claims of tokens: the option `auth`. */
export const TOKEN_SETTINGS: readonly Setting[] = [
  {
    path: 'auth.secret',
    env: 'PEERSTAGE_SECRET',
    isSecret: true,
    read: read.text,
    help: 'secret of the tokens, at least 32 bytes',
  },
  {
    path: 'auth.keys',
    env: 'PEERSTAGE_SECRETS',
    isSecret: true,
    read: read.secrets,
    help: 'several secrets of the tokens, one per line, the newest first, as kid:secret; :secret has no kid',
  },
  {
    path: 'auth.keys',
    flag: 'public-keys',
    env: 'PEERSTAGE_PUBLIC_KEYS',
    read: read.keys,
    help: 'public keys of the tokens: a JSON Web Key Set, a PEM, or a file that holds one',
  },
  {
    path: 'auth.jwksUrl',
    flag: 'jwks-url',
    env: 'PEERSTAGE_JWKS_URL',
    read: read.text,
    help: 'URL of the public keys of the tokens',
  },
  {
    path: 'auth.jwksRefreshSeconds',
    flag: 'jwks-refresh',
    env: 'PEERSTAGE_JWKS_REFRESH',
    read: read.number,
    help: 'how often to fetch these keys, in seconds (default 600)',
  },
  {
    path: 'auth.jwksMaxAgeSeconds',
    flag: 'jwks-max-age',
    env: 'PEERSTAGE_JWKS_MAX_AGE',
    read: read.number,
    help: 'how long these keys are valid while they cannot be fetched, in seconds (default 86400)',
  },
  {
    path: 'auth.issuer',
    flag: 'issuer',
    env: 'PEERSTAGE_ISSUER',
    read: read.text,
    help: 'iss of the tokens (default: any)',
  },
  {
    path: 'auth.audience',
    flag: 'audience',
    env: 'PEERSTAGE_AUDIENCE',
    read: read.text,
    help: 'aud of the tokens (default peerstage)',
  },
  {
    path: 'auth.maxTokenAgeSeconds',
    flag: 'max-token-age',
    env: 'PEERSTAGE_MAX_TOKEN_AGE',
    read: read.number,
    help: 'oldest iat of a token, in seconds',
  },
]
