import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import {
  type AssignmentId,
  type Json,
  MusterError,
  type Principal,
  UnavailableError,
  ValidationError,
} from '@muster/core'
import type { AssignmentWork } from '@muster/core/inbox'
import type { Muster } from '@muster/host'
import { SeededRandom } from '@muster/testing'
import { openMuster, type World } from './world.ts'

/** Orders of a process in which people work. */
export interface MemberOrders {
  readonly url: string
  readonly seed: number
  readonly connections: number
  readonly world: World
  readonly unlocked: boolean
}

/** What was answered, told after the answer; or what must not happen. */
export type MemberNews =
  | {
      readonly kind: 'drafted'
      readonly assignmentId: AssignmentId
      /** The version that the save named; null: none. */
      readonly base: number | null
      readonly version: number
      readonly words: string
    }
  | { readonly kind: 'submitted'; readonly assignmentId: AssignmentId; readonly result: Json }
  | { readonly kind: 'broken'; readonly rule: string; readonly what: string }
  | { readonly kind: 'fault'; readonly what: string }

/** Tabs in which one person has the same work open. */
const TABS = 2
const SAVES = 3

const tell = (news: MemberNews): void => void process.send?.(news)

const [orders] = (await once(process, 'message')) as [MemberOrders]
const { url, seed, connections, world, unlocked } = orders
const muster = await opened()
let ended = false
const end = (): void => {
  ended = true
}
process.once('message', end)
process.once('disconnect', end)

/** One person after another works on what is next for them, in two tabs. */
async function work(nth: number): Promise<void> {
  const random = new SeededRandom(seed * 1_000 + nth)
  const below = (limit: number): number => Math.floor(random.next() * limit)
  while (!ended) {
    const userId = world.people[below(world.people.length)]
    if (userId === undefined) throw new RangeError('Nobody is there')
    const by: Principal = { userId, role: 'annotator', memberships: new Set([world.projectId]) }
    try {
      const claim = await muster.assignments.claimNext({ userId })
      if (claim.kind === 'nothing') await setImmediate()
      else await onRow(claim.assignment.assignmentId, by, below)
    } catch (refusal) {
      // A refusal is an answer, and a lost connection is what this is about.
      if (!(refusal instanceof MusterError)) throw refusal
      await setImmediate()
    }
  }
}

async function onRow(
  assignmentId: AssignmentId,
  by: Principal,
  below: (limit: number) => number,
): Promise<void> {
  await muster.assignments.start({ assignmentId, by })
  const page = await muster.assignments.work(assignmentId, by)
  const tabs = Array.from({ length: TABS }, (_, tab) =>
    saves(assignmentId, by, page, `${seed}.${tab}.${below(2 ** 30)}`, below),
  )
  for (const saved of await Promise.allSettled(tabs))
    if (saved.status === 'rejected' && !(saved.reason instanceof MusterError)) throw saved.reason
  const luck = below(10)
  // Some leave it lying until the lease ends.
  if (luck === 0) return
  if (luck === 1) await muster.assignments.release({ assignmentId, by })
  else if (luck === 2) await muster.assignments.reject({ assignmentId, by, code: 'unclear' })
  else await submits(assignmentId, by, page, below)
}

async function saves(
  assignmentId: AssignmentId,
  by: Principal,
  { draft }: AssignmentWork,
  tab: string,
  below: (limit: number) => number,
): Promise<void> {
  let seen: number | undefined = draft?.draftVersion
  for (let nth = 0; nth < SAVES; nth++) {
    const words = `${tab}.${nth}`
    const isOlder = seen !== undefined && seen > 1 && below(4) === 0
    const draftVersion: number | undefined = isOlder && seen !== undefined ? seen - 1 : seen
    const answers = { label: 'a', words }
    try {
      const saved = await muster.assignments.saveDraft({ assignmentId, by, answers, draftVersion })
      if (isOlder)
        tell({
          kind: 'broken',
          rule: 'no older tab overwrites a draft',
          what: `${assignmentId} took ${words}`,
        })
      const version = saved.draftVersion
      tell({ kind: 'drafted', assignmentId, base: draftVersion ?? null, version, words })
      seen = version
    } catch (refusal) {
      if (!(refusal instanceof MusterError)) throw refusal
      const kept = refusal.details as { readonly draftVersion?: number }
      if (refusal.code !== 'conflict' || kept.draftVersion === undefined) throw refusal
      seen = kept.draftVersion
    }
  }
}

async function submits(
  assignmentId: AssignmentId,
  by: Principal,
  { form }: AssignmentWork,
  below: (limit: number) => number,
): Promise<void> {
  const [question] = form?.questions ?? []
  const options = question?.type === 'choice' ? (question.options ?? []) : []
  const version = options[below(options.length)]?.value ?? ''
  const other = { version: `${version}0`, label: 'a' }
  if (below(5) === 0) {
    const refusal = await muster.assignments
      .submit({ assignmentId, by, result: other })
      .catch((error) => error)
    if (!(refusal instanceof MusterError))
      tell({
        kind: 'broken',
        rule: 'a result is valid by its own version',
        what: `${assignmentId} took ${other.version}`,
      })
    else if (!(refusal instanceof ValidationError)) throw refusal
  }
  const result = { version, label: below(3) === 0 ? 'b' : 'a' }
  await muster.assignments.submit({ assignmentId, by, result })
  tell({ kind: 'submitted', assignmentId, result })
}

try {
  await Promise.all(Array.from({ length: connections }, (_, nth) => work(nth)))
} catch (fault) {
  tell({ kind: 'fault', what: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) })
}
await muster.close()
process.disconnect?.()

/** Opening is refused where a connection is killed under it: then again. */
async function opened(): Promise<Muster> {
  for (;;) {
    try {
      return await openMuster(url, connections, unlocked)
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError)) throw refusal
    }
  }
}
