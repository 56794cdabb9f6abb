import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'

// Every prompt is answered like by a user who clicks "Block".
const house = pageHouse({ devices: 'denied' })

test('a denied camera is one typed error with a word for the user, and the room goes on', async () => {
  const ada = await house.join({ name: 'Ada', role: 'host' })
  const ben = await house.join({ name: 'Ben', role: 'guest' })
  const error = await ben.page.evaluate(() =>
    window.client.media.publish({ camera: true }).then(
      () => undefined,
      (error) => ({ name: error.name, code: error.code, userAction: error.userAction, retryable: error.retryable }),
    ),
  )
  expect(error).toMatchObject({ name: 'LiveStreamError', code: 'permission_denied' })
  expect(error?.userAction).toBeTruthy()
  await ben.page.evaluate(() => window.client.chat.send('no camera, but here'))
  await expect.poll(() => ada.texts()).toEqual(['no camera, but here'])
})
