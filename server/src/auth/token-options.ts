import type { Role } from '@peerstage/sdk/protocol'
import type { Jwk } from './jwk'
import type { PublicKeyAlgorithm } from './keys'

/** The content of a token: who may join which room, with which role. */
export type TokenOptions = {
  /** A room id (1 to 64 of `A-Z a-z 0-9 _ -`), or `*` for every room. */
  readonly room: string
  /** The identity: an id of your app, 1 to 256 characters of well-formed Unicode. Others never see it. */
  readonly identity: string
  /** Default `viewer`. */
  readonly role?: Role
  /** Shown to others. Without it the name that the client gives is used. */
  readonly name?: string
  /** Shown to others beside the name; at most 2 KiB as JSON, so that it fits a browser's hello. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Default 3600; at most 31,622,400: 366 days. */
  readonly expiresInSeconds?: number
  /** May use the REST endpoints of its room. Default false. */
  readonly admin?: boolean
}

/** A key that only the signer has; the server knows its public half, by `auth.keys` or `auth.jwksUrl`. */
export type SigningKey = {
  /** A JWK, or the text of a PEM (PKCS #8): of Ed25519, P-256, P-384, P-521, or RSA of 2,048 bits or more. */
  readonly privateKey: Jwk | string
  /** The algorithm to sign with. */
  readonly alg: PublicKeyAlgorithm
  /** Its name at the server. Needed if the server has several keys. Default: that of the JWK. */
  readonly kid?: string
}

/** A token, and the key that it is signed with: a `secret` or a `key`. */
export type SignOptions = TokenOptions & {
  /** The same as the server's `auth.audience`. Default `peerstage`. */
  readonly audience?: string
  /** The same as the server's `auth.issuer`. Default: none. */
  readonly issuer?: string
  /** When it is made, in milliseconds since the epoch: `iat`, and `exp` counts from then. Default: now, by this machine's clock. */
  readonly now?: number
} & (
    | {
        /** The same as the server's: at least 32 bytes. White space at the ends of a text is removed, as the server does. */
        readonly secret: string | Uint8Array
        /** The secret's name at the server. Needed if the server has several keys. */
        readonly kid?: string
        /** Either this or `secret`. */
        readonly key?: never
      }
    | {
        /** A private key, if the server knows the public one. */
        readonly key: SigningKey
        /** Either this or `key`. */
        readonly secret?: never
        /** It is in `key`. */
        readonly kid?: never
      }
  )
