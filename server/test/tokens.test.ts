import { expect, test } from 'vitest'
import { createVerify } from '../src/gateway/auth'
import { secretBytes } from '../src/gateway/claims'
import { signToken } from '../src/tokens'

const secret = 'a secret of the tests, long enough to be one'
const verify = createVerify({ secret: secretBytes(secret), audience: 'peerstage', now: Date.now })

test('what is signed is what is verified', async () => {
  const token = await signToken({
    secret,
    room: 'hall',
    identity: 'ada',
    role: 'cohost',
    name: 'Ada',
    metadata: { team: 'blue' },
    expiresInSeconds: 60,
  })
  const verified = await verify(token, 'hall')
  expect(verified).toMatchObject({
    claims: { sub: 'ada', room: 'hall', role: 'cohost', name: 'Ada', metadata: { team: 'blue' }, admin: false },
  })
})

test('the least privilege is the default', async () => {
  const verified = await verify(await signToken({ secret, room: 'hall', identity: 'ada' }), 'hall')
  expect(verified).toMatchObject({ claims: { role: 'viewer', admin: false } })
})

test('an audience of one’s own is asked for', async () => {
  const token = await signToken({ secret, room: 'hall', identity: 'ada', audience: 'app' })
  expect(await verify(token, 'hall')).toMatchObject({ goodbye: 'unauthorized' })
  const own = createVerify({ secret: secretBytes(secret), audience: 'app', now: Date.now })
  expect(await own(token, 'hall')).toMatchObject({ claims: { sub: 'ada' } })
})

test('metadata beyond 4 KiB is unauthorized', async () => {
  const token = await signToken({ secret, room: 'hall', identity: 'ada', metadata: { note: 'x'.repeat(4096) } })
  expect(await verify(token, 'hall')).toMatchObject({ goodbye: 'unauthorized' })
})

test('nonsense is refused where it is signed', async () => {
  await expect(signToken({ secret: 'short', room: 'hall', identity: 'ada' })).rejects.toThrow(RangeError)
  await expect(signToken({ secret, room: 'a room', identity: 'ada' })).rejects.toThrow(TypeError)
  await expect(signToken({ secret, room: 'hall', identity: 'ada', role: 'root' as 'host' })).rejects.toThrow(TypeError)
})
