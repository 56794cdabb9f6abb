import * as v from 'valibot'
import { participantId, seq } from './ids'
import { DEFAULT_LIMITS } from './limits'
import { strict } from './strict'
import { maxBytes, maxCharacters } from './text'

/**
 * The peer connection of a pair that a signal belongs to. `born`: the `seq` of the event that made the edge, which both ends know.
 * `n`: increased by the offerer each time the pair starts a new connection. `restarts`: increased by the offerer each time ICE restarts
 * in this connection; absent: 0.
 */
export const epoch = strict({
  born: seq,
  n: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  restarts: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
})
/** The peer connection of a pair that a signal belongs to. */
export type Epoch = v.InferOutput<typeof epoch>

/** The version of the order of transceivers in a link. 1: microphone, camera, screen, screenAudio. */
export const LAYOUT = 1

const sdp = v.pipe(v.string(), maxBytes(DEFAULT_LIMITS.maxSdpBytes))
const candidateLine = v.pipe(v.string(), maxBytes(DEFAULT_LIMITS.maxCandidateBytes))

/** An offer, as the content of a signal. */
export const offerBody = strict({ type: v.literal('offer'), sdp, layout: v.pipe(v.number(), v.integer()) })
/** An offer, as the content of a signal. */
export type OfferBody = v.InferOutput<typeof offerBody>

/** The content of a signal. */
export const signalBody = v.variant('type', [
  offerBody,
  strict({ type: v.literal('answer'), sdp }),
  strict({
    type: v.literal('candidate'),
    candidate: candidateLine,
    sdpMid: v.nullable(v.pipe(v.string(), maxCharacters(64))),
    sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
  /** The answerer asks the offerer to start the next epoch. */
  strict({ type: v.literal('restart') }),
  /** The answerer asks the offerer to restart ICE in this connection. */
  strict({ type: v.literal('iceRestart') }),
])
/** The content of a signal: an offer, an answer, a candidate, or a request to restart the connection or its ICE. */
export type SignalBody = v.InferOutput<typeof signalBody>

/** The media sections of a description in this layout: the slots and the data channel. */
const SECTIONS = 'm=audio,m=video,m=video,m=audio,m=application'

/**
 * Whether the server may relay a signal: a description must have exactly the media sections of the layout, in order. Each
 * section costs resources in the receiving browser, and 32 KiB can contain hundreds. Only the beginnings of lines are compared.
 *
 * @example
 * ```ts
 * import { fitsLayout } from '@peerstage/sdk/protocol'
 *
 * fitsLayout({ type: 'answer', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n' }) // false: four sections are missing
 * fitsLayout({ type: 'restart' }) // true: it has no description
 * ```
 */
export const fitsLayout = (body: SignalBody): boolean =>
  !('sdp' in body) ||
  ((body.type === 'answer' || body.layout === LAYOUT) && body.sdp.match(/^m=\w*/gm)?.join() === SECTIONS)

/** Sends a signal along an edge to another participant. `order` counts from 0 per epoch and direction, so that the receiver recognizes duplicates and late signals. */
export const signalUp = strict({
  type: v.literal('signal'),
  to: participantId,
  epoch,
  order: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  body: signalBody,
})
/** A signal on its way to the server. */
export type SignalUp = v.InferOutput<typeof signalUp>

/** A signal as its receiver gets it. The server sets `from`. */
export const signalDown = v.object({
  type: v.literal('signal'),
  from: participantId,
  epoch: v.object(epoch.entries),
  order: v.number(),
  body: signalBody,
})
/** A signal on its way from the server, which sets `from`. */
export type SignalDown = v.InferOutput<typeof signalDown>
