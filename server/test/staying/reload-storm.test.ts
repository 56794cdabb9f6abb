import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runServer } from '../harness/running-server'
import { newSession } from '../harness/test-client'

const RELOADS = 20

/** Twenty loads of one page in the order in which their sockets reach the server, and which of them break at once. */
const storm = fc.record({
  attempts: fc.shuffledSubarray(
    Array.from({ length: RELOADS }, (_, i) => i + 1),
    { minLength: RELOADS },
  ),
  broken: fc.uniqueArray(fc.integer({ min: 1, max: RELOADS - 1 })),
})

test('one identity, one live session: of 20 reloads in a row, sockets overlapping in every order, the last one is there [R2.4, R2.5]', async () => {
  // All loads of a run come at once: more than the joins that one identity has otherwise.
  const { server, enter } = await runServer({ limits: { joinBurst: 100 } })
  let rooms = 0
  await fc.assert(
    fc.asyncProperty(storm, async ({ attempts, broken }) => {
      const hall = `hall-${rooms++}`
      const host = await enter(hall, 'ada', { role: 'host' })
      await host.welcome()
      const session = newSession()
      const pages = await Promise.all(
        attempts.map(async (attempt) => {
          const page = await enter(hall, 'bob', { session, attempt })
          if (broken.includes(attempt)) page.cut()
          return page
        }),
      )
      const last = pages.find((page) => page.hello.attempt === RELOADS)
      const { self } = (await last?.welcome()) ?? { self: undefined }
      await Promise.all(pages.filter((page) => page !== last).map((page) => page.closed))
      // Those that were told something were told that another one is here.
      for (const page of pages.filter((each) => each !== last && !broken.includes(each.hello.attempt)))
        expect(await page.goodbye()).toMatchObject({ code: 'superseded' })
      await last?.roundTrip()
      await host.roundTrip()
      expect(server.rooms.stats(hall)).toMatchObject({ participants: { host: 1, guest: 1 }, reconnecting: 0 })
      const joined = host.events('participant.joined').map(({ logged }) => logged.event)
      expect(joined).toMatchObject([{ participant: { id: self } }])
      expect(host.events('participant.left')).toEqual([])
    }),
    { numRuns: 30 },
  )
})
