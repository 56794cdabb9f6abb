import { DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { failingLog } from '../harness/failing-log'
import { PROVOCATIONS, room } from '../harness/provocations'
import { runServer } from '../harness/running-server'
import { rejections, scrape } from '../harness/scrape'

test.each(Object.entries(PROVOCATIONS))(
  'each rejection is counted by its reason: %s [R7.13]',
  async (reason, [provoke, options]) => {
    const there = await room(options)
    await provoke(there)
    await expect.poll(() => rejections(there.metricsUrl, reason)).toBeGreaterThan(0)
  },
)

test('a turn that the log could not keep is counted as unavailable, and its command with it', async () => {
  const log = failingLog()
  const { url, host } = await room({ log })
  log.broken = true
  host.say({ type: 'moderation.lock', id: 1 })
  expect(await host.reply(1)).toMatchObject({ error: { code: 'unavailable' } })
  expect(await rejections(url, 'unavailable')).toBeGreaterThan(0)
  const locks = (outcome: string) =>
    scrape(url, `peerstage_commands_total{type="moderation.lock",outcome="${outcome}"}`)
  expect(await locks('unavailable')).toBe(1)
  expect(await locks('ok')).toBe(0)
})

test('all limits are advertised, as they are set', async () => {
  const limits = Object.fromEntries(
    Object.entries(DEFAULT_LIMITS)
      .filter(([name]) => !TEXTS_AND_SIGNALS.includes(name))
      .map(([name, value]) => [name, ['maxParticipants', 'maxDataBytes'].includes(name) ? value - 1 : value + 1]),
  )
  const { enter } = await runServer({ limits })
  const ada = await enter('hall', 'ada', { role: 'host' })
  expect((await ada.welcome()).limits).toEqual({ ...DEFAULT_LIMITS, ...limits })
})

/** The protocol's own: both ends hold every text and signal to them. */
const TEXTS_AND_SIGNALS = ['maxChatCharacters', 'maxChatBytes', 'maxSdpBytes', 'maxCandidateBytes']
