import type { Edge } from '../protocol'

/** The edges of a participant, by the participant at the other end. */
export function ownEdges(edges: readonly Edge[], selfId: string): Map<string, Edge> {
  const own = new Map<string, Edge>()
  for (const edge of edges) {
    if (edge.offerer === selfId) own.set(edge.answerer, edge)
    else if (edge.answerer === selfId) own.set(edge.offerer, edge)
  }
  return own
}
