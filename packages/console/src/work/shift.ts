import { type Signal, signal } from '@preact/signals'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import { freshKey } from '../api/key.ts'
import { loadMarkdown } from '../design/markdown.tsx'
import { DraftKeeper, forgetDraft, storedDraft } from './drafts.ts'
import { Item, type Work } from './item.ts'
import { type Next, Outbox } from './outbox.ts'
import { WORDS } from './words.ts'

type Entry = AnswerOf<'GET /queue'>['items'][number]
type Claimed = Extract<Next, { readonly assignment: object }>

/** Why there is nothing to do, as the claim said. */
export interface Nothing {
  readonly open: number
  readonly reasons: Readonly<Record<string, number>>
  /** The skills that most open tasks ask for and this person lacks. */
  readonly missing: AnswerOf<'GET /queue/outlook'>['missing']
}

/** What the page of work shows. */
export type View =
  | { readonly kind: 'opening' }
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'nothing'; readonly nothing: Nothing }
  | { readonly kind: 'away' }
  | { readonly kind: 'failed'; readonly problem: Problem }

const LIVE = ['in_progress', 'accepted', 'assigned']

/** What was begun comes first, what nobody saw yet last. */
const rankOf = ({ ahead, status }: Entry): number => (ahead ? 3 : LIVE.indexOf(status))

/** After that long without a key or a pointer, what is held for later goes back. */
const IDLE_MS = 300_000
const HEARTBEAT_MS = 20_000
/** Done items that stay readable. */
const MOST_PAST = 10
const SECOND_MS = 1_000

/** A submission that can still be taken back. */
interface Undoable {
  readonly item: Item
  /** As `performance.now()` counts. */
  readonly until: number
}

/** An item that was handed in, to be read again. */
export interface PastItem {
  readonly work: Work
  readonly result: unknown
  readonly comment: string | null
}

/** A person at work in one tab: one item in sight, at most one more held, and submissions on their way. */
export class Shift {
  readonly view: Signal<View> = signal({ kind: 'opening' })
  /** Said once, politely, to whoever listens rather than looks. */
  readonly said: Signal<string> = signal('')
  /** What became of something that is no longer in sight. */
  readonly notice: Signal<string> = signal('')
  readonly held: Signal<Item | undefined> = signal(undefined)
  readonly done: Signal<number> = signal(0)
  /** For how many seconds the last submission can be taken back; 0: it cannot. */
  readonly undoLeft: Signal<number> = signal(0)
  readonly outbox: Outbox
  readonly #userId: string
  /** The newest last. */
  #undoable: readonly Undoable[] = []
  #undoTimer: ReturnType<typeof setInterval> | undefined
  /** Handed in during this shift, the newest first. */
  #past: readonly Item[] = []
  /** Items that this person may hold in all, if they have a limit of their own. */
  #ownLimit: number | null = null
  #keeper: DraftKeeper | undefined
  #holding: Promise<void> | undefined
  /** Items that a person has put behind, or handed in, during this shift. */
  readonly #passed = new Set<string>()
  #activeAt = performance.now()
  #timer: ReturnType<typeof setInterval> | undefined
  #ended = false
  /** How often this page was told that there may be work, and how often when it asked for work last. */
  #told = 0
  #toldBefore = 0

  constructor(userId: string) {
    this.#userId = userId
    this.outbox = new Outbox(userId, (item, problem) => this.#sentBack(item, problem))
  }

  /** Begins with `first`, else with the person's own live work, else with what the server gives. */
  async begin(first?: string): Promise<void> {
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT_MS)
    // An admin whom no user stands behind has none.
    void call('GET /me', {}).then(
      ({ maxConcurrentAssignments }) => {
        this.#ownLimit = maxConcurrentAssignments
      },
      () => undefined,
    )
    await this.outbox.resume()
    await this.next(first)
  }

  /** Shows the next item; the one that is held, where there is one. */
  async next(wanted?: string): Promise<void> {
    await this.#letGo()
    const held = this.#unheld()
    if (held && wanted === undefined && !(held.ahead && held.lapsesAt < performance.now()))
      return this.#show(held)
    await giveBack(held)
    // What waits goes on waiting in sight: it would flicker otherwise.
    if (!['item', 'nothing'].includes(this.view.peek().kind)) this.view.value = { kind: 'opening' }
    try {
      // A place that is still taken by what was just handed in is a place less.
      const given = await this.outbox.sent()
      this.#toldBefore = this.#told
      const found = await this.#find(wanted, given)
      if (found instanceof Item) this.#show(found)
      else this.view.value = { kind: 'nothing', nothing: found }
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      this.view.value = { kind: 'failed', problem: error.problem }
    }
  }

  /**
   * Hands in the item in sight and shows the next in the same breath. Says what keeps it: a question that is open, or that no answer was
   * given since the item came.
   */
  submit(): 'sent' | 'untouched' | 'open' {
    const item = this.#inSight()
    if (item === undefined) return 'untouched'
    const open = item.firstOpen()
    if (open !== undefined) {
      item.faults.value = [{ path: '', message: 'This question needs an answer', question: open.id }]
      focusOn(item, open.id)
      return 'open'
    }
    if (!item.given.peek()) return 'untouched'
    this.#passed.add(item.id)
    const keeper = this.#keeper
    this.#keeper = undefined
    const before = Promise.all([item.started, keeper?.end()]).then(() => undefined)
    const undoSeconds = this.#undoSecondsOf(item)
    this.outbox.send(item, item.result(), undoSeconds, before, this.#isAlone(item))
    this.#past = [item, ...this.#past].slice(0, MOST_PAST)
    if (undoSeconds > 0) this.#mayUndo({ item, until: performance.now() + undoSeconds * SECOND_MS })
    this.done.value += 1
    void this.next()
    return 'sent'
  }

  /** Takes the last submission back: it is in sight again with its answers, and what was in sight is behind it. */
  async undo(): Promise<void> {
    const last = this.#undoable.at(-1)
    if (last === undefined) return
    this.#undoable = this.#undoable.slice(0, -1)
    this.#tellUndo()
    const { item } = last
    try {
      await this.outbox.takeBack(item)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      this.notice.value = error.problem.code === 'offline' ? WORDS.undoOffline : WORDS.undoLate
      return
    }
    this.done.value -= 1
    this.#passed.delete(item.id)
    this.#past = this.#past.filter((one) => one !== item)
    this.notice.value = ''
    await this.#showAgain(item)
    this.said.value = WORDS.undone
  }

  /** Items that were handed in last, the newest first: those of this shift, then what the server knows. */
  async past(): Promise<readonly (() => Promise<PastItem>)[]> {
    const mine = this.#past
    const { items } = await call('GET /queue', {
      query: { status: 'submitted,in_progress' as never, sort: 'submitted', limit: MOST_PAST },
    })
    const earlier = items.filter(
      ({ assignmentId, status, submitsAt }) =>
        (status === 'submitted' || submitsAt !== null) && !mine.some(({ id }) => id === assignmentId),
    )
    return [
      ...mine.map((item) => async () => ({
        work: item.work,
        result: item.result(),
        comment: item.comment() ?? null,
      })),
      ...earlier.map(({ assignmentId }) => async () => {
        const work = await readWork(assignmentId)
        if (hasMarkdown(work)) await loadMarkdown().catch(() => undefined)
        const { result, comment, handedIn } = work.assignment
        return {
          work,
          result: handedIn?.result ?? result ?? null,
          comment: handedIn === undefined ? comment : handedIn.comment,
        }
      }),
    ].slice(0, MOST_PAST)
  }

  /** Declines the item in sight for good. */
  async skip(code: AnswerCode, comment: string): Promise<void> {
    const item = this.#inSight()
    if (item === undefined) return
    await this.#move(item, () =>
      call('POST /assignments/{id}/reject', {
        params: { id: item.id },
        body: { attempt: item.attempt, code, ...(comment !== '' && { comment }) },
      }),
    )
  }

  /** Gives the item in sight back for now; the draft stays. A refusal is said, and the item stays. */
  async release(): Promise<void> {
    const item = this.#inSight()
    if (item === undefined) return
    this.#keeper?.leave()
    await this.#said(
      this.#move(item, () =>
        call('POST /assignments/{id}/release', { params: { id: item.id }, body: { attempt: item.attempt } }),
      ),
    )
  }

  /** Takes a break: nothing new comes until it ends. What is held for later goes back. A refusal is said, and nothing changes. */
  async away(isAway: boolean): Promise<void> {
    await this.#letGo()
    await giveBack(this.#unheld())
    const isDone = await this.#said(call('PATCH /me', { body: { status: isAway ? 'away' : 'active' } }))
    if (!isDone) return
    if (isAway) this.view.value = { kind: 'away' }
    else await this.next()
  }

  /** Says why a deed was refused, if it was; gives whether it was done. */
  async #said(deed: Promise<unknown>): Promise<boolean> {
    try {
      await deed
      return true
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      this.notice.value = `${error.problem.detail}.`
      return false
    }
  }

  /** A key or a pointer moved. */
  active(): void {
    const wasIdle = this.#isIdle()
    this.#activeAt = performance.now()
    if (wasIdle) this.hold()
  }

  /** Something may be there now. */
  told(): void {
    this.#told += 1
  }

  /** Whether it was told so since it asked last: the answer may be from before that. */
  get mayHaveMissed(): boolean {
    return this.#told !== this.#toldBefore
  }

  /** Asks again, if nothing was there. */
  async again(): Promise<void> {
    if (this.view.peek().kind === 'nothing') await this.next()
  }

  /** It was given to this person, perhaps once more. */
  async given(assignmentId: string): Promise<void> {
    this.#passed.delete(assignmentId)
    await this.again()
  }

  /** A move of others on this assignment. */
  async taken(assignmentId: string): Promise<void> {
    if (this.dropped(assignmentId)) return
    const item = this.#inSight()
    if (item?.id !== assignmentId || this.#passed.has(assignmentId)) return
    this.#keeper?.leave()
    this.#passed.add(assignmentId)
    this.notice.value = 'The item was taken back. Your answers are kept as a draft.'
    await this.next()
  }

  /** What is held was moved elsewhere, or lapsed: it is not shown, and another is held in its place. Says whether it was. */
  dropped(assignmentId: string): boolean {
    if (this.held.peek()?.id !== assignmentId) return false
    this.held.value = undefined
    this.hold()
    return true
  }

  /** Puts the draft in sight in place of the one that another tab saved, or takes that one over. */
  async settleDraft(mine: boolean): Promise<void> {
    const item = this.#inSight()
    if (item === undefined) return
    const { draft } = await readWork(item.id)
    item.draftVersion = draft?.draftVersion
    const answers = mine ? item.answers.peek() : ((draft?.answers ?? {}) as Record<string, unknown>)
    item.keeping.value = 'keeping'
    item.answers.value = { ...answers }
  }

  /** The page is hidden or closed: sends what is not sent. */
  hidden(): void {
    this.#keeper?.leave()
  }

  /** Ends the shift: the draft is sent, what is held goes back. */
  end(keepalive = false): void {
    this.#ended = true
    clearInterval(this.#timer)
    clearInterval(this.#undoTimer)
    this.hidden()
    void this.#letGo()
    void giveBack(this.#unheld(), keepalive)
    this.outbox.end()
  }

  /** Whoever may hold but one item has nothing to go on with until it has gone through. */
  #undoSecondsOf(item: Item): number {
    const config = configs.get(item.work.assignment.projectId)
    return config === undefined || this.#isAlone(item) ? 0 : config.undoSeconds
  }

  /** Whether their limit leaves no room for a second item: the next one comes with the submission. */
  #isAlone(item: Item): boolean {
    const config = configs.get(item.work.assignment.projectId)
    return this.#ownLimit === 1 || config?.maxConcurrentPerUser === 1
  }

  #mayUndo(undoable: Undoable): void {
    this.#undoable = [...this.#undoable, undoable]
    this.#tellUndo()
    this.#undoTimer ??= setInterval(() => this.#tellUndo(), SECOND_MS)
  }

  #tellUndo(): void {
    const now = performance.now()
    this.#undoable = this.#undoable.filter(({ until }) => until > now)
    const last = this.#undoable.at(-1)
    this.undoLeft.value = last === undefined ? 0 : Math.ceil((last.until - now) / SECOND_MS)
    if (last !== undefined) return
    clearInterval(this.#undoTimer)
    this.#undoTimer = undefined
  }

  /** Puts an item back into sight, and what is in sight behind it; what was held behind that is given back. */
  async #showAgain(item: Item): Promise<void> {
    const inSight = this.#inSight()
    await this.#letGo()
    const held = this.held.peek()
    this.held.value = inSight
    await giveBack(held)
    item.given.value = false
    this.#show(item)
  }

  #inSight(): Item | undefined {
    const view = this.view.peek()
    return view.kind === 'item' ? view.item : undefined
  }

  /** What was held until now; nothing is held any longer. */
  #unheld(): Item | undefined {
    const held = this.held.peek()
    this.held.value = undefined
    return held
  }

  #show(item: Item): void {
    if (this.#ended) {
      void giveBack(item)
      return
    }
    this.view.value = { kind: 'item', item }
    this.said.value = `${item.work.form?.title ?? item.projectName}. ${wordOf(item.stepType)}.`
    this.#keeper = new DraftKeeper(this.#userId, item)
    void project(item.work.assignment.projectId).catch(() => undefined)
    item.ahead = false
    item.started = this.#started(item)
    // The item is painted first.
    setTimeout(() => this.hold(), 0)
  }

  async #started(item: Item): Promise<void> {
    if (item.isStarted) return
    try {
      const { id, attempt } = item
      const { expiresAt } = await call('POST /assignments/{id}/start', { params: { id }, body: { attempt } })
      item.expiresAt.value = expiresAt
      item.isStarted = true
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (error.problem.code === 'lease_lost' || error.problem.code === 'not_found') await this.taken(item.id)
    }
  }

  /** Own work first, so that nobody holds more than they must; else a claim, where giving back costs nobody anything. */
  async #find(wanted?: string, given?: Next): Promise<Item | Nothing> {
    if (given === undefined || wanted !== undefined) {
      const entries = await this.#own()
      const mine = entries.find(({ assignmentId }) => assignmentId === wanted) ?? entries[0]
      if (mine !== undefined) {
        const item = await this.#read(mine.assignmentId, mine.projectName)
        if (item !== undefined) return item
      }
    }
    const claimed =
      given ?? (await call('POST /queue/next', { query: WITH_WORK, body: {} }, { key: freshKey() }))
    if (claimed.assignment === null) {
      const { open, reasons } = claimed
      // The reasons stand without it.
      const outlook = reasons['missingSkill']
        ? await call('GET /queue/outlook', {}).catch(() => undefined)
        : undefined
      return { open, reasons, missing: outlook?.missing ?? [] }
    }
    return (await this.#readClaimed(claimed)) ?? this.#find()
  }

  async #own(): Promise<Entry[]> {
    const { items } = await call('GET /queue', { query: { status: String(LIVE) as never, limit: 50 } })
    const shown = this.#inSight()?.id
    return (
      items
        // What was handed in and waits is done, as far as this person is concerned.
        .filter(({ submitsAt }) => submitsAt === null)
        .filter(({ assignmentId }) => assignmentId !== shown && !this.#passed.has(assignmentId))
        .filter(({ assignmentId }) => this.held.peek()?.id !== assignmentId)
        .sort((one, other) => rankOf(one) - rankOf(other))
    )
  }

  /** What was claimed came with all that it takes to work on it. */
  async #readClaimed({ assignment, work }: Claimed): Promise<Item | undefined> {
    const name = await projectName(assignment.projectId)
    return this.#read(assignment.assignmentId, name, work as Work | undefined)
  }

  async #read(id: string, name: string, known?: Work): Promise<Item | undefined> {
    try {
      const work = known ?? (await readWork(id))
      if (hasMarkdown(work)) await loadMarkdown().catch(() => undefined)
      return new Item(work, name, storedDraft(this.#userId, id))
    } catch (error) {
      // Gone in the meantime: whatever is next will do.
      if (error instanceof CallError && error.problem.status === 404) {
        this.#passed.add(id)
        return undefined
      }
      throw error
    }
  }

  /** Holds one item ahead, if none is, so that the next is painted at once. */
  hold(): void {
    if (this.held.peek() !== undefined || this.#holding !== undefined || this.#ended) return
    this.#holding = this.#findAhead()
      .catch(() => undefined)
      .then(async (found) => {
        this.#holding = undefined
        if (found === undefined) return
        const shown = this.#inSight()?.id
        if (this.#ended || this.#isIdle() || shown === undefined) await giveBack(found)
        else if (found.id !== shown && this.held.peek() === undefined) this.held.value = found
      })
  }

  async #findAhead(): Promise<Item | undefined> {
    const item = this.#inSight()
    if (item === undefined || document.visibilityState === 'hidden') return undefined
    const [own] = await this.#own()
    if (own !== undefined) return this.#read(own.assignmentId, own.projectName)
    await project(item.work.assignment.projectId)
    if (this.#isAlone(item)) return undefined
    const asked = { query: WITH_WORK, body: { ahead: true } }
    const claimed = await call('POST /queue/next', asked, { patient: false })
    return claimed.assignment === null ? undefined : this.#readClaimed(claimed)
  }

  async #letGo(): Promise<void> {
    const keeper = this.#keeper
    this.#keeper = undefined
    await this.#holding
    await keeper?.end()
  }

  async #move(item: Item, move: () => Promise<unknown>): Promise<void> {
    const keeper = this.#keeper
    this.#keeper = undefined
    await keeper?.end()
    try {
      await move()
      forgetDraft(this.#userId, item.id)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (error.problem.status === 400 || error.problem.code === 'offline') {
        this.#keeper = new DraftKeeper(this.#userId, item)
        throw error
      }
      this.notice.value = error.problem.detail
    }
    this.#passed.add(item.id)
    await this.next()
  }

  /** A submission that was refused: the item comes back into sight, with what was wrong. */
  #sentBack(item: Item, problem: Problem): void {
    this.done.value -= 1
    this.#passed.delete(item.id)
    item.faults.value = problem.errors ?? []
    const first = problem.errors?.find(({ question }) => question)?.question
    if (problem.code !== 'validation_failed') {
      this.notice.value = `${problem.detail}. The answers are kept as a draft.`
      this.#passed.add(item.id)
      return
    }
    this.#past = this.#past.filter((one) => one !== item)
    this.notice.value = 'The item before was not taken: see what is wrong with it.'
    void this.#showAgain(item).then(() => first && focusOn(item, first))
  }

  #isIdle(): boolean {
    return performance.now() - this.#activeAt > IDLE_MS
  }

  /** Somebody works here: the lease goes on, and with it that of what is held ahead. Nobody does: what is held goes back. */
  async #beat(): Promise<void> {
    const ahead = this.held.peek()
    if (this.#isIdle()) return giveBack(this.#unheld())
    if (document.visibilityState === 'hidden') return
    const items = [this.#inSight(), ahead?.ahead ? undefined : ahead].filter((item) => item !== undefined)
    for (const item of items) {
      const { id, attempt } = item
      try {
        const beat = await call(
          'POST /assignments/{id}/heartbeat',
          { params: { id }, body: { attempt } },
          { patient: false },
        )
        item.expiresAt.value = beat.expiresAt
        ahead?.holdOn()
      } catch (error) {
        if (error instanceof CallError && error.problem.code === 'lease_lost') await this.taken(id)
      }
    }
  }
}

/** Why an item is declined. */
export type AnswerCode = 'unclear' | 'wrong_skill' | 'conflict_of_interest' | 'broken_item' | 'other'

async function readWork(id: string): Promise<Work> {
  return (await call('GET /assignments/{id}/work', { params: { id } })) as unknown as Work
}

/** Own work stays where it is: only what this page took for later goes back. */
async function giveBack(item: Item | undefined, keepalive = false): Promise<void> {
  if (!item?.ahead) return
  const { id, attempt } = item
  await call('POST /assignments/{id}/release', { params: { id }, body: { attempt } }, { keepalive }).catch(
    () => undefined,
  )
}

/** Puts the focus of the keys on a question. */
export function focusOn(item: Item, question: string): void {
  const place = item.stops.peek().findIndex((stop) => stop.question.id === question)
  if (place >= 0) item.at.value = place
}

function wordOf(stepType: string): string {
  return stepType === 'review' ? 'Review' : stepType === 'adjudication' ? 'Decide' : 'New item'
}

function hasMarkdown({ show, form }: Work): boolean {
  return (
    form?.help !== undefined ||
    show.some(({ as, render }) => [as, render?.as].some((one) => one === 'markdown' || one === 'chat'))
  )
}

/** A claim tells all of what it gives, so that nobody has to ask once more. */
const WITH_WORK = { include: 'work' } as const

type Project = AnswerOf<'GET /projects/{projectId}'>

const projects = new Map<string, Promise<Project>>()
/** How projects give out work, of those that are read. */
const configs = new Map<string, Project['assignment']>()

function project(projectId: string): Promise<Project> {
  const known = projects.get(projectId) ?? call('GET /projects/{projectId}', { params: { projectId } })
  projects.set(projectId, known)
  known.then(
    ({ assignment }) => configs.set(projectId, assignment),
    () => projects.delete(projectId),
  )
  return known
}

const projectName = async (projectId: string): Promise<string> =>
  (await project(projectId).catch(() => undefined))?.name ?? ''
