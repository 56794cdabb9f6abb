/**
 * A key as JSON (RFC 7517), as `jose`, Node and browsers type it. Which of its numbers it has follows from `kty`.
 */
export type Jwk = {
  /** `OKP` for Ed25519, `EC` for P-256, P-384 and P-521, `RSA`. */
  readonly kty?: string
  /** Its name, which tokens say. */
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
  readonly ext?: boolean
  readonly x5c?: readonly string[]
  readonly x5t?: string
  readonly 'x5t#S256'?: string
  readonly x5u?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  /** The private half begins here: only a signer has it. */
  readonly d?: string
  readonly p?: string
  readonly q?: string
  readonly dp?: string
  readonly dq?: string
  readonly qi?: string
  /** A shared secret, which is no public key and no private one. */
  readonly k?: string
}
