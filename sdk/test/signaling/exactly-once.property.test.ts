import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Command, DEFAULT_LIMITS, type Reply } from '../../src/protocol'
import { CommandQueue } from '../../src/signaling/command-queue'
import { rateLimitersOf } from '../../src/signaling/rate-limiter'
import { FakeClock } from '../harness/fake-clock'

/** A server's side of the promise: a number it has accepted is answered again, and not done again. */
class Ledger {
  readonly done: string[] = []
  readonly #answered = new Map<number, number>()

  take(command: Command): Reply {
    const seq = this.#answered.get(command.id) ?? this.#do(command)
    return { type: 'reply', re: command.id, ok: true, seq }
  }

  get last(): number {
    return Math.max(0, ...this.#answered.keys())
  }

  #do(command: Command): number {
    if (command.type === 'chat.send') this.done.push(command.text)
    this.#answered.set(command.id, this.done.length)
    return this.done.length
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('say' as const) },
  { weight: 4, arbitrary: fc.constant('deliver' as const) },
  { weight: 2, arbitrary: fc.constant('deliver, lose the reply' as const) },
  { weight: 2, arbitrary: fc.constant('cut' as const) },
  { weight: 2, arbitrary: fc.constant('wait' as const) },
)

test('exactly once and in order, wherever the line breaks and whichever replies are lost [R3.6]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new FakeClock()
      const rateLimiters = rateLimitersOf(DEFAULT_LIMITS, clock)
      const [commandQueue, ledger] = [new CommandQueue(), new Ledger()]
      let underWay: Command[] = []
      const said: string[] = []
      const replies: Promise<unknown>[] = []
      const pump = () =>
        underWay.push(...commandQueue.take(rateLimiters, DEFAULT_LIMITS.maxUnansweredCommands).commands)
      const cut = () => {
        underWay = []
        commandQueue.disconnected()
        rateLimiters.chat.settle()
        rateLimiters.commands.settle()
        commandQueue.reconnected(true, ledger.last)
      }
      const act = {
        say: () => {
          said.push(`${said.length}`)
          replies.push(commandQueue.add({ type: 'chat.send', text: `${said.length - 1}` }, 'queue'))
        },
        deliver: () => {
          for (const command of underWay.splice(0, 1)) commandQueue.answered(ledger.take(command), rateLimiters)
        },
        'deliver, lose the reply': () => {
          for (const command of underWay.splice(0, 1)) ledger.take(command)
          cut()
        },
        cut,
        wait: () => clock.advance(1000),
      }
      for (const each of steps) {
        act[each]()
        pump()
      }
      cut()
      for (let n = 0; n <= said.length; n++) {
        act.wait()
        pump()
        for (const command of underWay.splice(0)) commandQueue.answered(ledger.take(command), rateLimiters)
      }
      await Promise.all(replies)
      expect(ledger.done).toEqual(said)
    }),
  )
})
