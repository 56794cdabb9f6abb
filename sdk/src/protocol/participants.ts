import * as v from 'valibot'
import type { EventPosition, Folds } from './fold'
import { participantId, seq, timestamp } from './ids'
import { isOnStage, role } from './roles'
import { NO_SOURCES, sourceStates } from './sources'

/** A participant, as all see it. */
export const participant = v.object({
  id: participantId,
  /** The name to show: cleaned by the server, at most 64 characters. */
  name: v.string(),
  role,
  /** The `metadata` of its token. */
  metadata: v.optional(v.record(v.string(), v.unknown())),
  joinedAt: timestamp,
  /** The `seq` of the event with which it joined, or last returned with a new `joinId`. The edges of the room tell who makes the offers. */
  joinSeq: seq,
  /** The `seq` of the event that gave it its current role. */
  roleSeq: seq,
  /** What it publishes. */
  sources: sourceStates,
})
/** A participant, as all see it. @useDeclaredType */
export type Participant = v.InferOutput<typeof participant>

/** A pair of participants of which at least one is on stage. `born`: the `seq` of the event that made it; when it changes, the link starts again. */
export const edge = v.object({ offerer: participantId, answerer: participantId, born: seq })
/** A pair of participants of which one is on stage. */
export type Edge = v.InferOutput<typeof edge>

/** A new participant is in the room. */
export const participantJoined = v.object({
  type: v.literal('participant.joined'),
  participant: v.object({
    id: participantId,
    name: v.string(),
    role,
    metadata: v.optional(v.record(v.string(), v.unknown())),
  }),
  /**
   * The participant of the room to which the newcomer makes the offer, because its first picture comes sooner then. Offers of the
   * other new pairs come from the one that was there first.
   */
  offersTo: v.optional(participantId),
})
/** A participant that was here returns with a new `joinId`: a reload, a leave that did not arrive, or the same identity on another device. */
export const participantReturned = v.object({ type: v.literal('participant.returned'), participantId })
/** A participant has left the room. */
export const participantLeft = v.object({
  type: v.literal('participant.left'),
  participantId,
  /** `left`: it left or closed its tab. `lost`: it did not come back in time. `removed`: it was kicked or banned. */
  reason: v.picklist(['left', 'lost', 'removed']),
})

/** The part of a room with its participants, and the pairs of them that have a link. */
export const participantsPart = {
  /** In the order of joining. */
  participants: v.array(participant),
  /** Which pairs have a link. */
  edges: v.array(edge),
}
/** The part of a room with its participants. */
export type ParticipantsPart = { participants: Participant[]; edges: Edge[] }

const participantEvents = [participantJoined, participantReturned, participantLeft] as const
/** The events of joining and leaving. */
export type ParticipantEvent = v.InferOutput<(typeof participantEvents)[number]>

/** The participants of a room. */
export const participantsSlice = {
  part: participantsPart,
  start: { participants: [], edges: [] },
  events: participantEvents,
  folds: {
    'participant.joined': joined,
    'participant.returned': (room, { participantId: id }, { seq }) =>
      withParticipants(room, seq, withParticipant(room.participants, id, { joinSeq: seq }), { fresh: id }),
    'participant.left': (room, { participantId: id }, { seq }) =>
      withParticipants(
        room,
        seq,
        room.participants.filter((each) => each.id !== id),
      ),
    'room.ended': () => ({ participants: [], edges: [] }),
  } satisfies Folds<ParticipantsPart, ParticipantEvent | { type: 'room.ended' }>,
} as const

function joined(room: ParticipantsPart, event: v.InferOutput<typeof participantJoined>, { seq, at }: EventPosition) {
  const { id, name, role, metadata } = event.participant
  const start = { joinedAt: at, joinSeq: seq, roleSeq: seq, sources: NO_SOURCES }
  const participant = { id, name, role, ...(metadata === undefined ? {} : { metadata }), ...start }
  return withParticipants(room, seq, [...room.participants, participant], { offersTo: event.offersTo })
}

/** The participants with one of them changed; the same array when none has this id. */
export function withParticipant(of: Participant[], id: string, change: Partial<Participant>): Participant[] {
  if (!of.some((each) => each.id === id)) return of
  return of.map((each) => (each.id === id ? { ...each, ...change } : each))
}

/** What is special about new edges. */
type NewEdges = {
  /** The participant that has a new `joinId`: its edges are made anew. */
  readonly fresh?: string
  /** The participant that gets the offer of the newcomer, which is the last one. */
  readonly offersTo?: string | undefined
}

/** Replaces the participants and computes their edges. A pair keeps its edge unless one of the two has a new `joinId`. */
export function withParticipants(
  room: ParticipantsPart,
  seq: number,
  participants: Participant[],
  { fresh, offersTo }: NewEdges = {},
): ParticipantsPart {
  const known = edgesByPlace(room.edges, participants)
  const edges: Edge[] = []
  participants.forEach((a, i) => {
    for (let j = i + 1; j < participants.length; j++) {
      const b = participants[j] as Participant
      if (!isOnStage(a.role) && !isOnStage(b.role)) continue
      const kept = a.id === fresh || b.id === fresh ? undefined : known[i * participants.length + j]
      edges.push(kept ?? newEdge(a, b, seq, offersTo))
    }
  })
  const same = edges.length === room.edges.length && edges.every((edge, i) => edge === room.edges[i])
  return { participants, edges: same ? room.edges : edges }
}

/** The one that was there first makes the offer, unless the newcomer, whose `joinSeq` is that of the event, makes it. */
function newEdge(a: Participant, b: Participant, born: number, offersTo?: string): Edge {
  const [first, later] = a.joinSeq < b.joinSeq ? [a.id, b.id] : [b.id, a.id]
  return first === offersTo ? { offerer: later, answerer: first, born } : { offerer: first, answerer: later, born }
}

/** Edges by the places of their two participants: of the pair `i` and `j`, which is the later one, at `i * participants.length + j`. */
function edgesByPlace(edges: readonly Edge[], participants: readonly Participant[]): (Edge | undefined)[] {
  const places = new Map(participants.map(({ id }, place) => [id, place]))
  const found: (Edge | undefined)[] = new Array(participants.length ** 2)
  for (const edge of edges) {
    const [i, j] = [places.get(edge.offerer), places.get(edge.answerer)]
    if (i !== undefined && j !== undefined) found[Math.min(i, j) * participants.length + Math.max(i, j)] = edge
  }
  return found
}
