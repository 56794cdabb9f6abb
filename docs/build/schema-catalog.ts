import type * as v from 'valibot'
import * as chat from '../../sdk/src/protocol/chat'
import * as clientMessage from '../../sdk/src/protocol/client-message'
import * as data from '../../sdk/src/protocol/data'
import * as errors from '../../sdk/src/protocol/errors'
import * as ids from '../../sdk/src/protocol/ids'
import * as limits from '../../sdk/src/protocol/limits'
import * as media from '../../sdk/src/protocol/media'
import * as moderation from '../../sdk/src/protocol/moderation'
import * as participants from '../../sdk/src/protocol/participants'
import * as pins from '../../sdk/src/protocol/pins'
import * as reactions from '../../sdk/src/protocol/reactions'
import * as roles from '../../sdk/src/protocol/roles'
import * as room from '../../sdk/src/protocol/room'
import * as roomLife from '../../sdk/src/protocol/room-life'
import * as serverMessage from '../../sdk/src/protocol/server-message'
import * as session from '../../sdk/src/protocol/session'
import * as signal from '../../sdk/src/protocol/signal'
import * as sources from '../../sdk/src/protocol/sources'
import * as stage from '../../sdk/src/protocol/stage'
import { nodeOf, type SchemaNode } from '../../sdk/test/harness/schema-node'
import { type Commented, commentsOf } from './source-comments'

const MODULES: Readonly<Record<string, object>> = {
  chat,
  'client-message': clientMessage,
  data,
  errors,
  ids,
  limits,
  media,
  moderation,
  reactions,
  participants,
  pins,
  'room-life': roomLife,
  sources,
  roles,
  room,
  'server-message': serverMessage,
  session,
  signal,
  stage,
}

/** A schema by the name that its file gives it, with the comments that stand there. */
export type Entry = Commented & { readonly name: string; readonly node: SchemaNode }

/** The fields of a room, as the slices' parts explain them: what is exported under a name that ends in `Part`. */
const PARTS: Commented['members'] = new Map(
  Object.keys(MODULES).flatMap((file) =>
    [...commentsOf(`sdk/src/protocol/${file}.ts`)]
      .filter(([name]) => name.endsWith('Part'))
      .flatMap(([, { members }]) => [...members].filter(([, { text }]) => text !== '')),
  ),
)

/** Every exported schema of the protocol, found by the schema itself. */
const CATALOG: ReadonlyMap<SchemaNode, Entry> = new Map(
  Object.entries(MODULES).flatMap(([file, module]) => {
    const comments = commentsOf(`sdk/src/protocol/${file}.ts`)
    return Object.entries(module)
      .filter((pair): pair is [string, v.GenericSchema] => isSchema(pair[1]))
      .map(([name, schema]): [SchemaNode, Entry] => {
        const node = nodeOf(schema)
        const { text = '', members = new Map() } = comments.get(name) ?? {}
        return [node, { name, node, text, members: schema === room.room ? PARTS : members }]
      })
  }),
)

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema'
}

export const entryOf = (node: SchemaNode): Entry | undefined => CATALOG.get(node)

/** @throws Error when there is no such schema: it was renamed, and a page names it still */
export function entryNamed(name: string): Entry {
  const entry = [...CATALOG.values()].find((each) => each.name === name)
  if (entry === undefined) throw new Error(`The protocol has no schema ${name}.`)
  return entry
}
