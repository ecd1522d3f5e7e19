import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { consoleCode } from '@muster/console'
import type { ProjectId, Task, TaskId, UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import { builtConsole, chromiumBinary } from '@muster/test-services'
import { SeededRandom } from '@muster/testing'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { Findings, type Violation } from '../findings.ts'
import { openMuster } from '../forms/world.ts'
import { endProgram, startProgram } from '../programs.ts'
import { type Deed, type Helper, Person, type Tooth } from './person.ts'
import type { ServerNews, ServerOrders } from './server.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  readonly people: number
  /** Tasks for each of them. */
  readonly tasks: number
  /** Deeds of each of them, at most; they also end after so long. */
  readonly deeds: number
  readonly mostMs: number
  /** The server is killed so often at most, each time after about so long. */
  readonly kills: number
  readonly killEveryMs: number
  /** After that long everything must be handed in. */
  readonly patienceMs: number
  /** For how long a submission can be taken back. */
  readonly undoSeconds: number
  /** What they do alone. Default: all there is. */
  readonly only?: readonly Deed[]
  /** The page is broken so, on purpose. */
  readonly tooth?: Tooth
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly serversKilled: number
  readonly deeds: Readonly<Record<string, number>>
  /** Words that were typed, and of these the ones that must not be lost. */
  readonly words: number
  readonly owed: number
  readonly handedIn: number
  readonly violations: readonly Violation[]
}

const ADMIN = '00000000-0000-7000-8000-000000000000' as UserId
const RESTS_MS = 1_000
const MOST_STARTS = 20

/** Real pages at work while servers are killed, tabs crash, connections go and managers interfere. */
export async function consoleUnderFire(wish: Wish): Promise<Report> {
  await builtConsole()
  const muster = await openMuster(wish.url, 2)
  const browser = await chromium.launch({
    executablePath: await chromiumBinary(),
    // Root has no sandbox; every page that is opened is our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  const round = new Round(wish, muster, browser)
  const start = performance.now()
  try {
    await round.run()
    if (!round.isOver()) await round.ask()
    return round.report((performance.now() - start) / 1_000)
  } finally {
    await browser.close()
    await round.stop()
    await muster.close()
  }
}

/** A task with what was submitted, as the API tells it. */
interface Result {
  readonly taskId: TaskId
  readonly externalId: string
  readonly submissions: readonly {
    readonly userId: UserId
    readonly result: { readonly helpful: number; readonly words?: string }
  }[]
}

class Round {
  readonly #wish: Wish
  readonly #muster: Muster
  readonly #browser: Browser
  readonly #random: SeededRandom
  readonly #findings = new Findings()
  readonly #people: Person[] = []
  /** Of each item, which the page shows by its text. */
  readonly #tasks = new Map<string, TaskId>()
  #projectId = '' as ProjectId
  #server: ChildProcess | undefined
  #port = 0
  #killed = 0
  #results: readonly Result[] = []

  constructor(wish: Wish, muster: Muster, browser: Browser) {
    this.#wish = wish
    this.#muster = muster
    this.#browser = browser
    this.#random = new SeededRandom(wish.seed)
  }

  async run(): Promise<void> {
    await this.#serve()
    await this.#populate()
    const until = performance.now() + this.#wish.mostMs
    let isOver = false
    const killing = (async () => {
      while (!isOver && this.#killed < this.#wish.kills) {
        await delay(this.#wish.killEveryMs * (0.5 + this.#random.next()))
        if (isOver) break
        await this.#end()
        this.#killed += 1
        await delay(this.#random.next() * RESTS_MS)
        await this.#serve()
      }
    })()
    try {
      await Promise.all(this.#people.map((person) => person.live(this.#wish, until)))
    } finally {
      isOver = true
      await killing
    }
    if (this.isOver()) return
    const patience = performance.now() + this.#wish.patienceMs
    await Promise.all(this.#people.map((person) => person.finish(patience)))
    // A submission that can be taken back goes through after that.
    await this.#until(patience, async () => (await this.#read()).length === this.#tasks.size)
  }

  /** Asks every rule, by what the API tells alone. */
  async ask(): Promise<void> {
    const results = await this.#read()
    this.#results = results
    const byItem = new Map(results.map((result) => [result.externalId, result]))
    for (const item of this.#tasks.keys())
      if (!byItem.has(item)) this.#broken('what was handed in goes through', `${item} is not done`)
    const handedIn = await this.#handedIn()
    for (const { externalId, taskId, submissions } of results) {
      const count = handedIn.get(taskId) ?? 0
      if (submissions.length !== 1 || count !== 1)
        this.#broken(
          'nothing is handed in twice',
          `${externalId} has ${submissions.length} submissions, and ${count} facts of one`,
        )
    }
    for (const person of this.#people) {
      for (const { item, word } of person.owed) {
        const words = byItem.get(item)?.submissions.map(({ result }) => result.words ?? '') ?? []
        if (byItem.has(item) && !words.some((one) => one.includes(word)))
          this.#broken(
            'no keystroke older than two seconds is lost',
            `${item} has “${words.join()}”, without ${word}`,
          )
      }
      for (const [item, { helpful, words }] of person.sent) {
        const [submission] = byItem.get(item)?.submissions ?? []
        if (submission === undefined || person.lost.has(item)) continue
        const { result } = submission
        if (result.helpful !== helpful || words.some((word) => !(result.words ?? '').includes(word)))
          this.#broken(
            'what is handed in is what was seen',
            `${item} has ${JSON.stringify(result)}, not ${helpful} and “${words.join(' ')}”`,
          )
      }
    }
  }

  report(seconds: number): Report {
    const deeds: Record<string, number> = {}
    for (const { done } of this.#people)
      for (const [deed, count] of done) deeds[deed] = (deeds[deed] ?? 0) + count
    return {
      seed: this.#wish.seed,
      seconds,
      serversKilled: this.#killed,
      deeds,
      words: this.#people.reduce((sum, { typed }) => sum + typed.length, 0),
      owed: this.#people.reduce((sum, { owed }) => sum + owed.length, 0),
      handedIn: this.#results.length,
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  async stop(): Promise<void> {
    await this.#end()
  }

  /** A project with a form of a scale and a line of words, and people with a page each. */
  async #populate(): Promise<void> {
    const muster = this.#muster
    const { workflowId } = await muster.workflows.add({
      name: 'under fire',
      steps: [
        {
          stepId: 'annotate',
          stepType: 'annotation',
          form: {
            name: 'under-fire',
            title: 'Under fire',
            show: [{ name: 'text', as: 'text', at: '/text' }],
            questions: [
              { id: 'words', type: 'text', title: 'Words', required: false },
              { id: 'helpful', type: 'scale', title: 'How helpful is it?', min: 1, max: 5 },
            ],
          },
        },
      ],
    })
    const { projectId } = await muster.projects.add({
      name: 'Under fire',
      workflowId,
      assignment: { undoSeconds: this.#wish.undoSeconds },
    })
    this.#projectId = projectId
    const items = Array.from({ length: this.#wish.people * this.#wish.tasks }, (_, n) => `item-${n + 1}`)
    const tasks = await muster.tasks.add(
      projectId,
      items.map((item) => ({ externalId: item, payload: { text: item } })),
    )
    for (const [place, item] of items.entries()) this.#tasks.set(item, (tasks[place] as Task).taskId)
    for (let nth = 0; nth < this.#wish.people; nth++) {
      const name = `p${nth}`
      const { userId } = await muster.people.add({ displayName: name, role: 'annotator' })
      await muster.projects.addMember(projectId, userId)
      const context = await this.#browser.newContext()
      if (this.#wish.tooth !== undefined) await breakPage(context, this.#wish.tooth)
      const person = new Person({
        userId,
        name,
        context,
        helper: this.#helper(),
        random: new SeededRandom(this.#wish.seed * 1_000 + nth),
        goneThroughMs: this.#goneThroughMs(),
      })
      await person.signIn(
        async () => `${this.#address()}#code=${await consoleCode({ muster }, `annotator.${userId}`)}`,
      )
      this.#people.push(person)
    }
  }

  #helper(): Helper {
    return {
      address: () => this.#address(),
      takeAway: (userId, item) => this.#takeAway(userId, item),
      wentThrough: async (item) => {
        const id = this.#tasks.get(item) ?? ''
        const { status } = (await this.#asked(`/tasks/${id}`)) as { readonly status: string }
        return status === 'completed'
      },
      broken: (rule, what) => this.#broken(rule, what),
      isOver: () => this.isOver(),
    }
  }

  /** Of a broken page one finding is enough. */
  isOver(): boolean {
    return this.#wish.tooth !== undefined && !this.#findings.isEmpty
  }

  /** That nothing goes through takes a while to see; that it does from a broken page, however long a busy machine takes. */
  #goneThroughMs(): number {
    const { tooth, patienceMs, undoSeconds } = this.#wish
    return tooth === undefined ? (undoSeconds + 2) * 1_000 : patienceMs
  }

  #broken(rule: string, what: string): void {
    this.#findings.note([{ rule, what }])
  }

  #address(): string {
    return `http://127.0.0.1:${this.#port}/console/`
  }

  async #takeAway(userId: UserId, item: string): Promise<boolean> {
    const { items } = (await this.#asked('/queue', { as: `annotator.${userId}` })) as {
      readonly items: readonly { readonly assignmentId: string; readonly taskId: string }[]
    }
    const held = items.find(({ taskId }) => taskId === this.#tasks.get(item))
    if (held === undefined) return false
    const answer = await this.#sent(`/assignments/${held.assignmentId}/release`, {
      method: 'POST',
      body: { reason: 'under fire' },
    })
    return answer?.ok === true
  }

  /** Completed tasks, a line each. */
  async #read(): Promise<readonly Result[]> {
    const text = await this.#text(`/projects/${this.#projectId}/results.ndjson`)
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Result)
  }

  /** How many facts tell of each task that somebody handed it in. */
  async #handedIn(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>()
    let before: string | undefined
    for (;;) {
      const query = new URLSearchParams({
        type: 'task_status_changed',
        limit: '200',
        ...(before !== undefined && { cursor: before }),
      })
      const { items, nextCursor } = (await this.#asked(`/projects/${this.#projectId}/events?${query}`)) as {
        readonly items: readonly { readonly data: { readonly taskId: string; readonly status: string } }[]
        readonly nextCursor: string | null
      }
      for (const { data } of items)
        if (data.status === 'submitted') counts.set(data.taskId, (counts.get(data.taskId) ?? 0) + 1)
      if (nextCursor === null) return counts
      before = nextCursor
    }
  }

  async #asked(path: string, how: Asking = {}): Promise<unknown> {
    return JSON.parse(await this.#text(path, how))
  }

  /** Reads from whichever server is there, as often as it takes. */
  async #text(path: string, how: Asking = {}): Promise<string> {
    for (;;) {
      const answer = await this.#sent(path, how)
      if (answer?.ok) return answer.text()
      if (answer !== undefined && answer.status < 500)
        throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      await delay(100)
    }
  }

  /** undefined: no server is there. */
  async #sent(
    path: string,
    { as = `admin.${ADMIN}`, method = 'GET', body }: Asking,
  ): Promise<Response | undefined> {
    try {
      return await fetch(`http://127.0.0.1:${this.#port}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${as}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    } catch {
      return undefined
    }
  }

  async #until(end: number, isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo()) && performance.now() < end) await delay(200)
  }

  /** Starts a server where the one before was; a port that somebody else has taken meanwhile is free again soon. */
  async #serve(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#start()
      } catch (error) {
        if (tries === MOST_STARTS) throw error
        await delay(RESTS_MS)
      }
    }
  }

  async #start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server = startProgram<ServerOrders, ServerNews>(new URL('./server.ts', import.meta.url), {
      orders: { url: this.#wish.url, port: this.#port },
      hear: ({ port }) => {
        this.#port = port
        resolve()
      },
      ended: (code) => reject(new Error(`The server ended with ${code} at start`)),
    })
    await promise
  }

  async #end(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server !== undefined && server.exitCode === null) await endProgram(server, { kill: true })
  }
}

interface Asking {
  /** Default: an admin. */
  readonly as?: string
  readonly method?: string
  readonly body?: object
}

/** Breaks the page, so that a rule must be seen broken. */
async function breakPage(context: BrowserContext, tooth: Tooth): Promise<void> {
  if (tooth === 'drafts are not kept') {
    // What is sent as a page closes is met by no route of the browser.
    await context.addInitScript(() => {
      localStorage.clear()
      const fetch = window.fetch.bind(window)
      window.fetch = (to, how) =>
        typeof to === 'string' && to.endsWith('/draft')
          ? Promise.reject(new TypeError('not kept'))
          : fetch(to, how)
    })
    return
  }
  await context.route(
    (url) => url.pathname.endsWith('/submission'),
    (route) =>
      route.fulfill({
        status: 200,
        contentType: 'application/json',
        body: '{"draftVersion":1,"expiresAt":null}',
      }),
  )
}
