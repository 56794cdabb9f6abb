import { afterEach, expect, test, vi } from 'vitest'
import { checkSupport } from '../../src/index'

afterEach(() => vi.unstubAllGlobals())

/** A browser whose policy allows these features; null: one that does not tell. */
function browserThatAllows(features: readonly string[] | null): void {
  vi.stubGlobal('WebSocket', class {})
  vi.stubGlobal('RTCPeerConnection', class {})
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia() {}, getDisplayMedia() {} } })
  const featurePolicy = { allowsFeature: (name: string) => features?.includes(name) }
  vi.stubGlobal('document', features === null ? {} : { featurePolicy })
}

test('what a policy forbids cannot be done', () => {
  browserThatAllows(['microphone'])
  expect(checkSupport()).toMatchObject({ publish: true, camera: false, microphone: true, shareScreen: false })
  browserThatAllows(['display-capture'])
  expect(checkSupport()).toMatchObject({ publish: false, camera: false, microphone: false, shareScreen: true })
})

test('where the browser does not tell of its policy, nothing is forbidden', () => {
  browserThatAllows(null)
  expect(checkSupport()).toMatchObject({ publish: true, camera: true, microphone: true, shareScreen: true })
})
