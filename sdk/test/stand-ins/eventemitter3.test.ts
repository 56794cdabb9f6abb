// The script file has a stand-in for eventemitter3. Both are called in the same ways here, and must call the same listeners.
import * as package3 from 'eventemitter3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as standIn from '../../build/stand-ins/eventemitter3'

type Call = {
  readonly method: 'on' | 'once' | 'off' | 'emit'
  readonly name: string
  readonly listener: number
}
type Emitter = {
  on(name: string, listener: (value: unknown) => void): unknown
  once(name: string, listener: (value: unknown) => void): unknown
  off(name: string, listener: (value: unknown) => void): unknown
  emit(name: string, value: unknown): unknown
}

const call = fc.record({
  method: fc.constantFrom('on', 'once', 'off', 'emit', 'emit'),
  name: fc.constantFrom('a', 'b', '*', '__proto__', 'constructor'),
  listener: fc.nat({ max: 3 }),
}) as fc.Arbitrary<Call>

/** The calls of listeners, in order. Each listener makes further calls when it is first called. */
function heardBy(emitter: Emitter, calls: readonly Call[], fromListeners: readonly (readonly Call[])[]): string[] {
  const heard: string[] = []
  const waiting = fromListeners.map((each) => [...each])
  const listeners = fromListeners.map((_, index) => (value: unknown) => {
    heard.push(`${index} ${value}`)
    for (const each of waiting[index]?.splice(0) ?? []) make(each, 'inner')
  })
  const make = ({ method, name, listener }: Call, value: string) => {
    const listen = listeners[listener]
    if (method === 'emit') emitter.emit(name, `${name} ${value}`)
    else if (listen) emitter[method](name, listen)
  }
  calls.forEach((each, index) => {
    make(each, String(index))
  })
  return heard
}

test('the same calls reach the same listeners, also when listeners add, remove and emit', () => {
  const inner = fc.array(fc.array(call, { maxLength: 3 }), { minLength: 4, maxLength: 4 })
  let most = 0
  fc.assert(
    fc.property(fc.array(call, { maxLength: 20 }), inner, (calls, fromListeners) => {
      const heard = heardBy(new package3.EventEmitter<string>(), calls, fromListeners)
      expect(heardBy(new standIn.EventEmitter(), calls, fromListeners)).toEqual(heard)
      most = Math.max(most, heard.length)
    }),
    { numRuns: 2000 },
  )
  expect(most).toBeGreaterThan(5)
})
