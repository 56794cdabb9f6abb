import { expect, test } from 'vitest'
import { accessibleNodes, nameless } from '../harness/browser/accessible-nodes'
import { demoHouse } from '../harness/browser/demo-house'

// The demo as people use it: what is looked for is what they see, what is touched is what they touch.
const house = demoHouse()

test('two people join by the form, see each other move, chat and react both ways', async () => {
  const ada = await house.join({ name: 'Ada' })
  await ada.page.getByText('You are the only one here.').waitFor()
  const ben = await house.join({ name: 'Ben' })
  await Promise.all([ada.seesMoving('Ben'), ben.seesMoving('Ada'), ada.seesMoving('Ada'), ben.seesMoving('Ben')])
  await ada.tile('Ada').getByText('Host').waitFor()

  await ada.say('Hello Ben')
  await ben.message('Hello Ben').waitFor()
  await ben.say('Hello Ada <b>!</b>')
  await ada.message('Hello Ada <b>!</b>').waitFor()

  for (const [from, to] of [
    [ada, ben],
    [ben, ada],
  ] as const) {
    const arrived = to.page.locator('#floating span', { hasText: from.visit.name }).first().waitFor()
    await from.button('React').click()
    await from.button('🎉').click()
    await arrived
  }
})

test('messages that came while the chat was closed are counted until it opens, and can be deleted', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  await ada.button('Chat').click()
  await ben.say('one')
  await ben.say('two')
  await ada.button('Chat, 2 unread').click()
  await ada.message('two').waitFor()
  await ada.button('Chat').waitFor()

  await ada.say('three')
  await ben.message('three').waitFor()
  await ben.message('one').hover()
  await ben.message('one').getByRole('button', { name: 'Delete' }).click()
  await ada.message('one').waitFor({ state: 'detached' })
  // A host may delete what others wrote; a guest may not.
  await ada.message('two').hover()
  await ada.message('two').getByRole('button', { name: 'Delete' }).click()
  await ben.message('two').waitFor({ state: 'detached' })
  expect(await ben.message('three').getByRole('button').count()).toBe(0)

  const cy = await house.join({ name: 'Cy', place: 'In the audience' })
  await cy.message('three').waitFor()
})

test('a viewer raises the hand, the host lets it on stage, and its picture arrives', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  const cy = await house.join({ name: 'Cy', place: 'In the audience' })
  await cy.seesMoving('Ada')
  await ada.page.getByText('1 watching').waitFor()
  expect(await ada.tile('Cy').count()).toBe(0)

  await cy.button('Raise hand').click()
  await cy.button('Lower hand').click()
  await cy.button('Raise hand').click()
  await ada.page.getByText('Cy would like to come on stage.').waitFor()
  await ada.openPeople()
  await ada.button('Approve Cy').click()
  // A hand may have been up for long: who is seen decides that when it is let on stage, and not before.
  await cy.page.getByText('You are on stage.').waitFor()
  await ada.tile('Cy').getByText('C', { exact: true }).waitFor()
  await cy.button('Go live').click()
  await Promise.all([ada.seesMoving('Cy'), ben.seesMoving('Cy'), cy.seesMoving('Cy')])
  await cy.page.getByText('You are on stage.').waitFor({ state: 'detached' })

  await cy.button('Leave the stage').click()
  await ada.tile('Cy').waitFor({ state: 'detached' })
  await ada.choose('Cy', 'Invite to the stage')
  await cy.button('Join the stage').click()
  await ada.seesMoving('Cy')
})

test('a host mutes, turns a camera off, and removes a participant, which has no way back', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  await ada.seesMoving('Ben')

  await ada.choose('Ben', 'Mute the microphone')
  await ben.page.getByText('Ada muted your microphone.').waitFor()
  // Loaded anew, the page has the microphone off, and says why.
  await ben.page.reload()
  await ada.seesMoving('Ben')
  await ben.page.getByText('Ada muted your microphone.').waitFor()
  await ben.button('Unmute').click()
  await ben.page.getByRole('button', { name: 'Microphone', pressed: true }).waitFor()
  await ben.page.getByText('Ada muted your microphone.').waitFor({ state: 'detached' })
  await ada.choose('Ben', 'Mute the microphone')
  await ben.page.getByText('Ada muted your microphone.').waitFor()
  await ada.tile('Ben').getByRole('img', { name: 'Microphone off' }).waitFor()
  await ben.page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor()
  await ada.choose('Ben', 'Turn the camera off')
  await ben.page.getByRole('button', { name: 'Camera', pressed: false }).waitFor()
  await ada.tile('Ben').getByText('B', { exact: true }).waitFor()
  await ben.page.getByText('Ada turned your camera off.').waitFor()
  await ben.button('Turn it on').click()
  await ada.seesMoving('Ben')
  await ben.page.getByText('Ada turned your camera off.').waitFor({ state: 'detached' })

  await ada.choose('Ben', 'Remove from the room…')
  await ada.page.getByRole('dialog', { name: 'Remove Ben?' }).getByRole('button', { name: 'Remove' }).click()
  await ben.page.getByRole('heading', { name: 'You were removed' }).waitFor()
  await ada.tile('Ben').waitFor({ state: 'detached' })

  await ben.page.reload()
  await ben.page.getByRole('heading', { name: 'You were removed' }).waitFor()
  await ben.button('Ask again').click()
  await ben.button('Join the room').click()
  await expect.poll(() => ben.page.getByRole('alert').textContent()).toBeTruthy()
  expect(await ben.page.getByRole('heading', { name: house.room }).count()).toBe(0)
})

test('a host bans a participant, which is listed as banned until the host lifts the ban', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  await ada.tile('Ben').waitFor()
  await ada.choose('Ben', 'Ban from the room…')
  await ada.page.getByRole('dialog', { name: 'Ban Ben?' }).getByRole('button', { name: 'Ban' }).click()
  await ben.page.getByRole('heading', { name: 'You were removed' }).waitFor()

  const banned = ada.page.getByRole('list', { name: 'Banned' })
  await banned.getByText('Ben').waitFor()
  await ada.button('Let Ben in again').click()
  await banned.waitFor({ state: 'hidden' })
  // A keyboard user continues from the panel: the pressed button is gone.
  expect(await ada.page.evaluate(() => document.activeElement?.textContent)).toBe('People')
  await ben.button('Ask again').click()
  await ben.button('Join the room').click()
  await ada.tile('Ben').waitFor()
})

test('a locked room takes no new participants, and ends for all when its host ends it', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben', place: 'In the audience' })
  await ada.openPeople()
  await ada.button('Lock the room').click()
  await ada.page.getByRole('img', { name: /^Locked/ }).waitFor()
  const cy = await house.open({ name: 'Cy' })
  await cy.page.getByLabel('Your name').fill('Cy')
  await cy.button('Join the room').click()
  await expect.poll(() => cy.page.getByRole('alert').textContent()).toMatch(/locked/i)

  await ada.button('End the room…').click()
  await ada.button('Cancel').click()
  await ada.button('End the room…').click()
  await ada.page.getByRole('dialog', { name: 'End the room?' }).getByRole('button', { name: 'End the room' }).click()
  for (const { page } of [ada, ben]) await page.getByRole('heading', { name: 'The room has ended' }).waitFor()
})

test('a page that is loaded anew is back in the room by itself, as the same person', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  await ada.seesMoving('Ben')
  await ben.page.reload()
  await Promise.all([ben.seesMoving('Ada'), ada.seesMoving('Ben')])
  expect(await ada.page.getByRole('list', { name: 'Pictures' }).getByRole('listitem').count()).toBe(2)

  await ben.button('Leave').click()
  await ben.page.getByRole('heading', { name: 'You left the room' }).waitFor()
  await ada.tile('Ben').waitFor({ state: 'detached' })
  await ben.button('Join again').click()
  await ben.button('Join the room').click()
  await ada.seesMoving('Ben')
})

test('who had turned microphone and camera off is not live after a reload', async () => {
  const ada = await house.join({ name: 'Ada' })
  await ada.button('Camera').click()
  await ada.button('Microphone').click()
  await ada.page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor()
  await ada.page.reload()
  await ada.page.getByRole('heading', { name: house.room }).waitFor()
  await ada.say('here again, in silence')
  await ada.page.getByRole('button', { name: 'Camera', pressed: false }).waitFor()
  await ada.page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor()
})

test('everything works by keyboard', async () => {
  const ada = await house.open({ name: 'Ada' })
  const { page } = ada
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  // The name has the focus from the start.
  await page.keyboard.type('Ada')
  await press('Tab', 'Tab', 'ArrowRight', 'ArrowLeft', 'Enter')
  await page.getByRole('heading', { name: house.room }).waitFor()
  await page.getByRole('button', { name: 'Microphone', pressed: true }).waitFor()
  await press('Alt+m')
  await page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor()
  await press('Alt+v')
  await page.getByRole('button', { name: 'Camera', pressed: false }).waitFor()

  await press('Alt+p')
  await page.getByRole('complementary', { name: 'People' }).waitFor()
  await press('Alt+c')
  await page.keyboard.type('by keyboard')
  await press('Enter')
  await ada.message('by keyboard').waitFor()
  await press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('chat-button')
  // It closes from anywhere, but a menu over it closes first.
  await press('Alt+p')
  await page.getByRole('button', { name: 'React' }).click()
  await ada.button('❤️').waitFor()
  await press('Escape')
  await ada.button('❤️').waitFor({ state: 'hidden' })
  await page.getByRole('complementary').waitFor()
  await press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'hidden' })

  await page.getByRole('button', { name: 'React' }).focus()
  await press('Enter')
  await ada.button('❤️').waitFor()
  await press('Escape')
  await ada.button('❤️').waitFor({ state: 'hidden' })
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
  expect(outline).toBe('solid')
})

test('all that can be used has a name, and there is one main part and one first heading at a time', async () => {
  const ada = await house.open({ name: 'Ada' })
  const check = async () => {
    const nodes = await accessibleNodes(ada.page)
    expect(nameless(nodes)).toEqual([])
    return nodes.map(({ role }) => role)
  }
  const checkPage = async () => {
    expect((await check()).filter((role) => role === 'main')).toHaveLength(1)
    expect(await ada.page.locator('h1:visible').count()).toBe(1)
  }
  await checkPage()
  await ada.join()
  await house.join({ name: 'Ben' })
  await ada.say('hello')
  await ada.message('hello').waitFor()
  await checkPage()
  await ada.openPeople()
  await ada.button('Options for Ben').click()
  await checkPage()
  await ada.button('Remove from the room…').click()
  // The page behind a question is out of reach until it is answered.
  expect(await check()).toContain('dialog')
  await ada.button('Cancel').click()
  await ada.button('Devices').click()
  await ada.page.getByLabel('Camera', { exact: true }).last().waitFor()
  await checkPage()
  await ada.page.keyboard.press('Escape')
  await ada.button('Leave').click()
  expect(await check()).toContain('dialog')
  await ada.button('Leave without a host').click()
  await ada.page.getByRole('heading', { name: 'You left the room' }).waitFor()
  await checkPage()
})

test('a host who leaves is asked who follows, and all are told who is host', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  const cy = await house.join({ name: 'Cy', place: 'In the audience' })
  await ada.button('Leave').click()
  const question = ada.page.getByRole('dialog', { name: 'Who follows you as host?' })
  await question.getByRole('button', { name: 'Stay' }).click()
  await question.waitFor({ state: 'hidden' })
  await ada.button('Leave').click()
  await question.getByLabel('New host').selectOption('Cy, viewer')
  await question.getByRole('button', { name: 'Hand over and leave' }).click()
  await ada.page.getByRole('heading', { name: 'You left the room' }).waitFor()
  await cy.page.getByText('You are the host now.').waitFor()
  await ben.page.getByText('Cy is the host now.').waitFor()
  await ben.tile('Cy').getByText('Host').waitFor()

  await cy.button('Leave').click()
  await cy.button('Leave without a host').click()
  await ben.page.getByText(/^The host is gone\. A host can come back within \d+ seconds/).waitFor()
  await ben.button('Leave').click()
  await ben.page.getByRole('heading', { name: 'You left the room' }).waitFor()
})

test('what is too long for a message is not cut, and many messages of one person show whose they are', async () => {
  const ada = await house.join({ name: 'Ada' })
  const message = ada.page.getByLabel('Message', { exact: true })
  await message.fill('x'.repeat(3000))
  await ada.page.getByText('1000 characters too many').waitFor()
  await message.press('Enter')
  expect(await message.inputValue()).toHaveLength(3000)
  await message.fill('😀'.repeat(1000))
  await message.press('Enter')
  await ada.message('😀'.repeat(1000)).waitFor()

  for (let nth = 0; nth < 8; nth++) await ada.say(`message ${nth}`)
  await ada.message('message 7').waitFor()
  const authors = ada.page.getByRole('log').getByText('Ada', { exact: true })
  expect(await authors.filter({ visible: true }).count()).toBe(2)
})

test('banners make the stage smaller, and cover nothing of it', async () => {
  const ada = await house.join({ name: 'Ada' })
  await ada.seesMoving('Ada')
  await ada.button('Copy link').click()
  const banner = ada.page.getByRole('status').filter({ hasText: /link/i })
  const [said, tile] = await Promise.all([banner.boundingBox(), ada.tile('Ada').boundingBox()])
  expect((said?.y ?? 0) + (said?.height ?? 0)).toBeLessThanOrEqual(tile?.y ?? 0)
})

test('nothing is cut off or scrolls sideways on a phone or a wide screen', async () => {
  for (const size of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    const ada = await house.open({ name: 'Ada', size })
    const overflow = () => ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await ada.join()
    expect(await overflow()).toBeLessThanOrEqual(0)
    await ada.openPeople()
    expect(await overflow()).toBeLessThanOrEqual(0)
    for (const button of await ada.page.locator('footer button:visible').all()) {
      const box = await button.boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= size.width && box.width >= 40 && box.height >= 40).toBe(true)
    }
    await ada.button('Leave').click()
  }
})

test('a shared screen stands large beside the people, until it is stopped', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben', place: 'In the audience' })
  const screens = ben.page.getByRole('list', { name: 'Shared screens' }).getByRole('listitem')
  await ada.button('Share your screen').click()
  await screens.getByText("Ada's screen").waitFor()
  await ben.videoMoves(screens.locator('video'))
  const [screen, tile] = await Promise.all([screens.boundingBox(), ben.tile('Ada').boundingBox()])
  expect((screen?.width ?? 0) > (tile?.width ?? 0)).toBe(true)
  await ada.page.getByRole('button', { name: 'Share your screen', pressed: true }).click()
  await screens.waitFor({ state: 'detached' })
})

test('where the browser holds the sound back, one tap lets it play', async () => {
  await house.join({ name: 'Ada' })
  const ben = await house.open({ name: 'Ben', isRestored: true })
  await ben.button('Tap to hear').click()
  await ben.button('Tap to hear').waitFor({ state: 'detached' })
  await ben.seesMoving('Ada')
  const isSilent = await ben
    .tile('Ada')
    .locator('video')
    .evaluate((video: HTMLVideoElement) => video.muted || video.paused)
  expect(isSilent).toBe(false)
})

test('while the server is away the page says so, and picture and chat go on when it is back', async () => {
  const ada = await house.join({ name: 'Ada' })
  const ben = await house.join({ name: 'Ben' })
  await ada.seesMoving('Ben')
  await house.server.kill()
  await ada.page.getByText(/^Connection lost/).waitFor()
  await ada.seesMoving('Ben')
  await house.server.restart()
  await ada.page.getByText(/^Connection lost/).waitFor({ state: 'detached', timeout: 90_000 })
  await ben.page.getByText(/^Connection lost/).waitFor({ state: 'detached', timeout: 90_000 })
  await Promise.all([ada.seesMoving('Ben'), ben.seesMoving('Ada')])
  await ben.say('here again')
  await ada.message('here again').waitFor()
  // The browser itself writes of each request and WebSocket that found no server.
  const nobodyThere = /net::ERR_CONNECTION_|^WebSocket connection to /
  for (const { complaints } of [ada, ben]) {
    expect(complaints.splice(0).filter((said) => !nobodyThere.test(said))).toEqual([])
  }
})
