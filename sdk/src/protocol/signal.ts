import * as v from 'valibot'
import { utf8Bytes } from './bytes'
import { maxCharacters } from './characters'
import { participantId, seq } from './ids'
import { DEFAULT_LIMITS } from './limits'
import { strict } from './strict'

/**
 * Which of a pair's connections a signal belongs to. `born`: the event that made the edge, so that both ends agree on it.
 * `n` grows at the offerer only, each time the pair starts again.
 */
export const epoch = strict({ born: seq, n: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })
/** Which of a pair's connections a signal belongs to. */
export type Epoch = v.InferOutput<typeof epoch>

/** The layout of a link's transceivers: 1 is microphone, camera, screen, screenAudio. */
export const LAYOUT = 1

const sdp = v.pipe(
  v.string(),
  v.check((text) => utf8Bytes(text) <= DEFAULT_LIMITS.maxSdpBytes),
)
const candidateLine = v.pipe(
  v.string(),
  v.check((text) => utf8Bytes(text) <= DEFAULT_LIMITS.maxCandidateBytes),
)

/** The content of a signal. */
export const signalBody = v.variant('type', [
  strict({ type: v.literal('offer'), sdp, layout: v.pipe(v.number(), v.integer()) }),
  strict({ type: v.literal('answer'), sdp }),
  strict({
    type: v.literal('candidate'),
    candidate: candidateLine,
    sdpMid: v.nullable(v.pipe(v.string(), maxCharacters(64))),
    sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
  /** The answerer asks the offerer to start the next epoch. */
  strict({ type: v.literal('restart') }),
])
/** The content of a signal: an offer, an answer, a candidate, or a request to start again. */
export type SignalBody = v.InferOutput<typeof signalBody>

/** The sections of a description in this layout: the slots, and the data channel. */
const SECTIONS = 'm=audio,m=video,m=video,m=audio,m=application'

/**
 * Whether a signal may reach the other end's browser: a description has exactly the sections of the layout, in their order. Each
 * section costs the browser that takes it, and 32 KiB hold hundreds. Only the beginnings of lines are looked at.
 *
 * @example
 * ```ts
 * import { fitsLayout } from '@peerstage/sdk/protocol'
 *
 * fitsLayout({ type: 'answer', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n' }) // false: four sections are missing
 * fitsLayout({ type: 'restart' }) // true: it is no description
 * ```
 */
export const fitsLayout = (body: SignalBody): boolean =>
  !('sdp' in body) ||
  ((body.type === 'answer' || body.layout === LAYOUT) && body.sdp.match(/^m=\w*/gm)?.join() === SECTIONS)

/** From one participant to one other along an edge. `order` counts from 0 within an epoch and direction, so that duplicates and late signals are recognized. */
export const signalUp = strict({
  type: v.literal('signal'),
  to: participantId,
  epoch,
  order: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  body: signalBody,
})
/** A signal on its way to the server. */
export type SignalUp = v.InferOutput<typeof signalUp>

/** The server sets `from`. */
export const signalDown = v.object({
  type: v.literal('signal'),
  from: participantId,
  epoch: v.object(epoch.entries),
  order: v.number(),
  body: signalBody,
})
/** A signal on its way from the server, which sets `from`. */
export type SignalDown = v.InferOutput<typeof signalDown>
