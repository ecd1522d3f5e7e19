import type { Violation } from '../findings.ts'
import { type Belief, type Person, QUEUE_FACTS, type Story, sorted, tallyOf } from './story.ts'
import type { Frame } from './wires.ts'

/** Asks a server by REST. @throws Error for what is not answered with success */
export type Ask = (token: string, path: string) => Promise<Frame>

interface Queue {
  readonly counts: string
  readonly standing: string
  readonly firstPage: readonly Frame[]
  /** All that are not settled. */
  readonly open: ReadonlyMap<string, Frame>
  readonly completed: ReadonlySet<string>
}

/** What is, as REST says while nothing moves. */
export interface Truth {
  /** Facts by project, oldest first. */
  readonly events: ReadonlyMap<string, readonly Frame[]>
  readonly queues: ReadonlyMap<string, Queue>
  readonly runs: ReadonlyMap<string, ReadonlyMap<string, Frame>>
  readonly present: ReadonlyMap<string, ReadonlySet<string>>
  /** Live assignments by person. */
  readonly assignments: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Facts that each person may know, by project. */
  readonly visible: ReadonlyMap<string, ReadonlyMap<string, readonly Frame[]>>
}

/** All pages of a list. */
async function pages(ask: Ask, token: string, path: string): Promise<Frame[]> {
  const items: Frame[] = []
  let cursor: string | null = null
  do {
    const query = `${path.includes('?') ? '&' : '?'}limit=200${cursor === null ? '' : `&cursor=${cursor}`}`
    const page = await ask(token, path + query)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

/** Reads by REST all that readers are told of. */
export async function readTruth(
  ask: Ask,
  admin: string,
  projectIds: readonly string[],
  people: readonly Person[],
): Promise<Truth> {
  const events = new Map<string, readonly Frame[]>()
  const queues = new Map<string, Queue>()
  const runs = new Map<string, ReadonlyMap<string, Frame>>()
  const present = new Map<string, ReadonlySet<string>>()
  const visible = new Map<string, ReadonlyMap<string, readonly Frame[]>>()
  const assignments = new Map<string, ReadonlyMap<string, string>>()
  await atATime(projectIds, async (projectId) => {
    events.set(projectId, (await pages(ask, admin, `/projects/${projectId}/events`)).toReversed())
    const { counts, paused, byType, items } = await ask(admin, `/projects/${projectId}/queue/status`)
    const open = await pages(ask, admin, `/projects/${projectId}/queue/status?state=pending,active`)
    const completed = await pages(ask, admin, `/projects/${projectId}/queue/status?state=completed`)
    queues.set(projectId, {
      counts: sorted(counts),
      standing: sorted([paused, byType]),
      firstPage: items,
      open: new Map(open.map((item) => [item.itemId, item])),
      completed: new Set(completed.map(({ itemId }) => itemId)),
    })
    const all = await pages(ask, admin, `/projects/${projectId}/runs`)
    runs.set(projectId, new Map(all.map((run) => [run.runId, run])))
    const { items: here } = await ask(admin, `/queue/presence/${projectId}`)
    present.set(projectId, new Set(here.map(({ userId }: Frame) => userId)))
  })
  await atATime(people, async ({ userId, token, projects }) => {
    const theirs = new Map<string, readonly Frame[]>()
    for (const projectId of projects)
      theirs.set(projectId, (await pages(ask, token, `/projects/${projectId}/events`)).toReversed())
    visible.set(userId, theirs)
    const entries = await pages(ask, token, '/queue')
    assignments.set(userId, new Map(entries.map(({ assignmentId, status }) => [assignmentId, status])))
  })
  return { events, queues, runs, present, assignments, visible }
}

const AT_ONCE = 6

async function atATime<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

const MOST_SHOWN = 3
/** Items whose places are told without having been told before. */
const FIRST_PAGE = 50
const LIVE_RUNS: ReadonlySet<string> = new Set(['pending', 'running', 'paused'])

/** What a subscription that is open was not told as it is. Nothing: all is as it should be. */
export function judge(story: Story, truth: Truth): Violation[] {
  const found: Violation[] = []
  const note = (rule: string, wrongs: readonly string[]): void => {
    if (wrongs.length === 0) return
    const more = wrongs.length > MOST_SHOWN ? ` and ${wrongs.length - MOST_SHOWN} more` : ''
    found.push({ rule, what: `${story.name}: ${wrongs.slice(0, MOST_SHOWN).join('; ')}${more}` })
  }
  const { wanted, person } = story
  if (!story.hasBegun) note('a subscription begins', ['it never did'])
  const scope = scopeOf(story, truth)
  if (wanted.kind === 'progress') {
    const run = [...truth.runs.values()].map((runs) => runs.get(wanted.runId)).find(Boolean)
    const is = tallyOf({ ...run?.progress, status: run?.status })
    if (story.progress !== is) note('runs are told as they are', [`${story.progress} for ${is}`])
    return found
  }
  note('every fact is told', missing(story, truth, scope))
  if (wanted.kind === 'me') {
    const are = truth.assignments.get(person.userId) ?? new Map<string, string>()
    const wrong = [...new Set([...are.keys(), ...story.assignments.keys()])].filter(
      (id) => are.get(id) !== story.assignments.get(id),
    )
    note(
      'assignments are told as they are',
      wrong.map((id) => `${id} told ${story.assignments.get(id)}, is ${are.get(id)}`),
    )
    // Of a project that is lost nothing more is told, of who has left it neither.
    const shown = [...story.shown].filter((projectId) => !person.lost.has(projectId))
    for (const projectId of shown) note('who is present is told', absent(story, truth, projectId))
    return found
  }
  for (const projectId of scope) {
    const belief = story.belief(projectId)
    const { completed } = truth.queues.get(projectId) ?? {}
    const begun = [...belief.begun].filter((itemId) => completed?.has(itemId))
    note(
      'what has begun is told to have ended',
      begun.map((itemId) => itemId.slice(-4)),
    )
    if (wanted.kind !== 'run')
      note('places are told as they are', misplaced(belief, truth.queues.get(projectId)))
    if (wanted.kind !== 'queues')
      note('runs are told as they are', wrongRuns(belief, truth.runs.get(projectId), wanted.kind !== 'run'))
    if (wanted.kind !== 'project' && wanted.kind !== 'admin') continue
    note('who is present is told', absent(story, truth, projectId))
    const queue = truth.queues.get(projectId)
    if (queue === undefined) continue
    if (belief.counts !== queue.counts)
      note('counts are told as they are', [`${belief.counts} for ${queue.counts}`])
    if (story.wire === 'socket.io') note('items are told as they are', wrongItems(belief, queue))
  }
  return found
}

function scopeOf({ wanted, person }: Story, { runs, events }: Truth): readonly string[] {
  switch (wanted.kind) {
    case 'project':
      return [wanted.projectId]
    case 'queues':
      return wanted.projectId === null ? [...person.projects] : [wanted.projectId]
    case 'run':
      return [...runs].flatMap(([projectId, some]) => (some.has(wanted.runId) ? [projectId] : []))
    case 'me':
      return [...person.projects]
    case 'admin':
      return [...events.keys()]
    case 'progress':
      return []
  }
}

function missing(story: Story, truth: Truth, scope: readonly string[]): string[] {
  const { wanted, person } = story
  const wrong: string[] = []
  const carried = ({ type, data, affectedUserIds }: Frame): boolean => {
    if (wanted.kind === 'me') return affectedUserIds?.includes(person.userId) === true
    if (wanted.kind === 'run') return data.runId === wanted.runId
    return wanted.kind !== 'queues' || QUEUE_FACTS.has(type)
  }
  for (const projectId of scope) {
    const theirs =
      person.role === 'admin' ? truth.events.get(projectId) : truth.visible.get(person.userId)?.get(projectId)
    const from = story.start.get(projectId)
    const expected = (theirs ?? []).filter(
      (event) =>
        carried(event) &&
        // Of a project that was not theirs when it began, what came before is not asked for.
        (from === undefined ? Date.parse(event.occurredAt) >= story.startedAt : event.seq > from),
    )
    const told = new Set(story.told.get(projectId))
    for (const { seq, type } of expected)
      if (!told.has(seq)) wrong.push(`${type} ${seq} of ${projectId.slice(-4)} is missing`)
  }
  // And what was told has happened.
  for (const [projectId, seqs] of story.told) {
    const all = new Set((truth.events.get(projectId) ?? []).map(({ seq }) => seq))
    for (const seq of seqs) if (!all.has(seq)) wrong.push(`${seq} of ${projectId.slice(-4)} is not kept`)
  }
  return wrong
}

function misplaced({ places }: Belief, queue: Queue | undefined): string[] {
  if (queue === undefined) return []
  const wrong: string[] = []
  for (const [itemId, { position, globalPosition }] of places) {
    const item = queue.open.get(itemId) ?? { position: null, globalPosition: null }
    const isFar = position === null && item.position !== null && item.position > FIRST_PAGE
    if (!isFar && (item.position !== position || item.globalPosition !== globalPosition))
      wrong.push(
        `${itemId.slice(-4)} told ${position} and ${globalPosition}, is ${item.position} and ${item.globalPosition}`,
      )
  }
  for (const { itemId, position } of queue.open.values())
    if (position !== null && position <= FIRST_PAGE && !places.has(itemId))
      wrong.push(`${itemId.slice(-4)} at ${position} was never told`)
  return wrong
}

function wrongRuns(belief: Belief, runs: ReadonlyMap<string, Frame> | undefined, isOfAll: boolean): string[] {
  const wrong: string[] = []
  for (const [runId, run] of runs ?? []) {
    const told = belief.runs.get(runId)
    const is = tallyOf({ ...run.progress, status: run.status })
    const mustKnow = belief.movedRuns.has(runId) || (isOfAll && LIVE_RUNS.has(run.status))
    if (told === undefined ? mustKnow : told !== is) wrong.push(`${runId.slice(-4)} told ${told}, is ${is}`)
  }
  return wrong
}

function absent(story: Story, truth: Truth, projectId: string): string[] {
  const { present } = story.belief(projectId)
  const are = truth.present.get(projectId) ?? new Set<string>()
  const here = [...are].filter((userId) => !present.has(userId)).map((id) => `${id.slice(-4)} is here`)
  const gone = [...present].filter((userId) => !are.has(userId)).map((id) => `${id.slice(-4)} has left`)
  return [...here, ...gone]
}

function wrongItems(belief: Belief, queue: Queue): string[] {
  // Usage is told to managers who ask, and on no wire.
  const wrong = queue.firstPage.flatMap(({ usage: _usage, ...item }) => {
    const told = belief.items.get(item.itemId)
    return told !== undefined && sorted(told) === sorted(item)
      ? []
      : [`${item.itemId.slice(-4)}: ${sorted(told ?? null)} for ${sorted(item)}`]
  })
  if (belief.standing !== queue.standing) wrong.push(`${belief.standing} for ${queue.standing}`)
  return wrong
}
