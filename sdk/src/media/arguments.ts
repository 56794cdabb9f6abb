// Checks the arguments of the media verbs first, as plain JavaScript may pass any value.
import { LiveStreamError } from '../errors'
import { SOURCES, type Source } from '../protocol'
import type { DeviceSource } from './constraints'
import { isTrack, type PublishOptions } from './devices'
import type { PlaybackTarget } from './playback'
import type { ShareScreenOptions } from './screen-share'

const DEVICES: readonly string[] = ['microphone', 'camera']
const INPUT = 'true, constraints or a MediaStreamTrack'

/** @throws LiveStreamError `invalid` */
export function checkPublishOptions(options: unknown): asserts options is PublishOptions {
  must(isPlain(options), 'Say what to publish: publish({ camera: true, microphone: true }).')
  for (const [name, value] of Object.entries(options)) {
    if (name === 'muted') checkMuted(value)
    else if (DEVICES.includes(name)) checkPublishInput(name, value)
    else throw invalid(`publish takes camera, microphone and muted, not "${name}".`)
  }
}

/** @throws LiveStreamError `invalid` */
export function checkSource(source: unknown): asserts source is Source {
  must(
    SOURCES.some((each) => each === source),
    `A source is ${SOURCES.join(', ')}, not ${shown(source)}.`,
  )
}

/** @throws LiveStreamError `invalid` */
export function checkDevice(source: unknown, deviceId: unknown): asserts source is DeviceSource {
  must(
    DEVICES.some((each) => each === source),
    `A device is for ${DEVICES.join(' or ')}, not ${shown(source)}.`,
  )
  must(
    typeof deviceId === 'string' && deviceId !== '',
    `A deviceId of media.devices() is needed, not ${shown(deviceId)}.`,
  )
}

/** @throws LiveStreamError `invalid` */
export function checkScreenOptions(options: unknown = {}): asserts options is ShareScreenOptions {
  must(
    isPlain(options),
    'shareScreen takes an object of options, or nothing: button.onclick = () => media.shareScreen().',
  )
  for (const name of ['track', 'audioTrack'])
    must(options[name] === undefined || isTrackLike(options[name]), `${name} must be a MediaStreamTrack.`)
}

/** @throws LiveStreamError `invalid` */
export function checkTarget(element: unknown, target: unknown): asserts target is PlaybackTarget {
  must(isObject(element) && 'srcObject' in element, 'attach takes a <video> or <audio> element first.')
  const isKnown =
    isObject(target) && typeof target.participantId === 'string' && ['talk', 'screen'].includes(String(target.kind))
  must(isKnown, 'attach takes { participantId, kind: "talk" | "screen" } second.')
}

/** @throws LiveStreamError `invalid` */
export function checkVolume(volume: unknown): void {
  must(typeof volume === 'number' && volume >= 0 && volume <= 1, `A volume is from 0 to 1, not ${shown(volume)}.`)
}

/** @throws LiveStreamError `invalid` */
export function checkMutedForMe(muted: unknown): void {
  must(typeof muted === 'boolean', `muteForMe takes true or false, not ${shown(muted)}.`)
}

function checkPublishInput(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean' || isTrackLike(value) || isPlain(value)) return
  const isStream = isObject(value) && 'getTracks' in value
  const hint = isStream ? ' Of a MediaStream give one track: stream.getTracks().' : ''
  throw invalid(`${name} must be ${INPUT}, not ${shown(value)}.${hint}`)
}

function checkMuted(value: unknown): void {
  const isList = Array.isArray(value) && value.every((each) => DEVICES.includes(each))
  must(
    value === undefined || typeof value === 'boolean' || isList,
    `muted must be true, false or a list of ${DEVICES.join(', ')}.`,
  )
}

const isTrackLike = (value: unknown): boolean => isObject(value) && isTrack(value)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A plain object, as `{…}` makes it, of any frame. An instance of a class was not meant as options. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A value as an error message shows it. */
const shown = (value: unknown): string =>
  typeof value === 'string'
    ? `"${value.slice(0, 40)}"`
    : isObject(value)
      ? (value.constructor?.name ?? 'an object')
      : String(value)

function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw invalid(sentence)
}

const invalid = (sentence: string) => new LiveStreamError('invalid', sentence)
