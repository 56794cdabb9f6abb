// A crowd that lives through a crash of its server, in a process of its own. Its requests: `join`, then `chatter`, and after the crash
// `back` and `checked`.
import { setTimeout as passed } from 'node:timers/promises'
import { answerRequests } from '../harness/answering'
import { ReturningMember } from '../load/returning-member'

export type ReturningCrowd = { readonly port: number; readonly members: number; readonly perRoom: number }
export type Checked = { readonly lost: number; readonly doubled: number; readonly restarted: number }

/** Members that come at once. */
const ARRIVING = 200
/** Texts a second of the whole crowd. */
const TEXTS_PER_SECOND = 250
/** For so long a text that is missing may still come. It bounds a wait that finds one lost. */
const LOST_AFTER_MS = 20_000

let crowd: readonly ReturningMember[] = []
let isTalking = false

async function join({ port, members, perRoom }: ReturningCrowd): Promise<void> {
  crowd = Array.from({ length: members }, (_, index) => {
    const newcomer = { room: `room-${Math.floor(index / perRoom)}`, index, isFirst: index % perRoom === 0 }
    return new ReturningMember(newcomer, port)
  })
  const hosts = crowd.filter((_, index) => index % perRoom === 0)
  await joinAll(hosts)
  await joinAll(crowd.filter((_, index) => index % perRoom !== 0))
}

async function joinAll(group: readonly ReturningMember[]): Promise<void> {
  for (let from = 0; from < group.length; from += ARRIVING) {
    const arriving = group.slice(from, from + ARRIVING)
    await Promise.all(arriving.map((member) => member.connect()))
    await until(() => arriving.every((member) => member.isJoined))
  }
}

/** Members of all rooms talk, until they are hushed. */
async function chatter(): Promise<void> {
  isTalking = true
  void talk()
}

async function talk(): Promise<void> {
  for (let said = 0; isTalking; said++) {
    // A stride that has no factor with any size here: all rooms and all members have their turn.
    crowd[(said * 7919) % crowd.length]?.speak()
    await passed(1000 / TEXTS_PER_SECOND)
  }
}

function silence(): void {
  isTalking = false
}

/** Once all are in their rooms again. Answers when that was, as `Date.now()`. */
async function back(): Promise<number> {
  await until(() => crowd.every((member) => member.isJoined))
  return Date.now()
}

/** Once all that was said is answered and heard, or is lost. */
async function checked(): Promise<Checked> {
  const limit = Date.now() + LOST_AFTER_MS
  const isWhole = () => crowd.every(({ unanswered }) => unanswered.size === 0) && missing() === 0
  await until(() => isWhole() || Date.now() > limit)
  const heard = crowd.flatMap((member) => [...member.heard.values()])
  const restarted = crowd.reduce((sum, member) => sum + member.restarted, 0)
  return { lost: missing(), doubled: heard.reduce((sum, times) => sum + times - 1, 0), restarted }
}

/** How many texts each member should have heard and has not, over all of them. */
function missing(): number {
  const saidIn = new Map<string, number>()
  for (const { room, said } of crowd) saidIn.set(room, (saidIn.get(room) ?? 0) + said)
  return crowd.reduce((sum, { room, heard }) => sum + (saidIn.get(room) ?? 0) - heard.size, 0)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await passed(5)
}

answerRequests<ReturningCrowd>({ join, chatter, silence, back, checked })
