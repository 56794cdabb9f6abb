import type { JsonWebKey as NodeJwk, webcrypto } from 'node:crypto'
import type { JWK as JoseJwk } from 'jose'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { partEntries } from '../../src/config/port-options'
import { settingsEntries } from '../../src/config/settings'
import type { Jwk, PeerstageServerOptions, SettingsInput } from '../../src/index'

const schema = v.strictObject(settingsEntries)
const partsSchema = v.strictObject(partEntries)

/** As a caller may write it: nothing that is given is changed. */
type Given<T> = T extends Uint8Array ? T : T extends object ? { readonly [K in keyof T]: Given<T[K]> } : T

test('the options that an editor shows are those that the schemas take (`npm run types` checks it)', () => {
  expectTypeOf<Given<SettingsInput>>().toEqualTypeOf<Given<v.InferInput<typeof schema>>>()
  expectTypeOf<Omit<PeerstageServerOptions, keyof SettingsInput>>().toEqualTypeOf<
    Readonly<v.InferInput<typeof partsSchema>>
  >()
})

test('a key may be one of `jose`, of Node, or of a browser', () => {
  expectTypeOf<JoseJwk>().toExtend<Jwk>()
  expectTypeOf<NodeJwk>().toExtend<Jwk>()
  expectTypeOf<webcrypto.JsonWebKey>().toExtend<Jwk>()
})
