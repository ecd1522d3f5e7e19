import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { AssignmentId, Json, TaskId, WorkflowId } from '@muster/core'
import { checkResult } from '@muster/core/forms'
import type { Muster } from '@muster/host'
import { SeededRandom } from '@muster/testing'
import { keptCounters, recounted } from '@muster/testing/worlds'
import type { Pool } from 'pg'
import { cutConnection, openPool, surviving } from '../connections.ts'
import { Findings, type Violation } from '../findings.ts'
import { endProgram, startProgram } from '../programs.ts'
import type { MemberNews, MemberOrders } from './member.ts'
import { changeForm, makeWorld, openMuster, type World } from './world.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  readonly processes: number
  /** Of each process, every one with somebody who works. */
  readonly connections: number
  readonly people: number
  /** The round ends when the form was changed so often, so many processes were killed, and so much was submitted. */
  readonly changes: number
  readonly kills: number
  readonly submissions: number
  /** Tasks that come with each version of the form, so that as many are in flight when it changes. */
  readonly tasks: number
  readonly changeEveryMs: number
  readonly killEveryMs: number
  /** Changes of a task do not wait for each other, on purpose. */
  readonly unlocked?: boolean
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly changes: number
  /** Open tasks of older versions when the form was changed last. */
  readonly inFlight: number
  /** Of those that were answered and told of. */
  readonly submissions: number
  readonly drafts: number
  readonly connectionsKilled: number
  readonly processesKilled: number
  readonly violations: readonly Violation[]
}

type Drafted = Extract<MemberNews, { readonly kind: 'drafted' }>

const OVERWRITTEN = 'no older tab overwrites a draft'

/** Changes a project's form again and again while people work in several tabs, and processes and connections are killed. */
export async function formsUnderFire(wish: Wish): Promise<Report> {
  const pool = openPool(wish.url, 2)
  const muster = await openMuster(wish.url, 2)
  const round = new Round(wish, muster, await makeWorld(muster, wish.people))
  const start = performance.now()
  try {
    await round.run(pool)
    await round.stop()
    await round.ask()
    return round.report((performance.now() - start) / 1_000)
  } finally {
    await round.stop()
    await muster.close()
    await pool.end()
  }
}

class Round {
  readonly #wish: Wish
  readonly #muster: Muster
  readonly #world: World
  readonly #random: SeededRandom
  readonly #processes = new Set<ChildProcess>()
  /** Those that have done something: others are still starting. */
  readonly #atWork = new Set<ChildProcess>()
  readonly #findings = new Findings()
  readonly #drafts = new Map<AssignmentId, Drafted[]>()
  readonly #submissions = new Map<AssignmentId, Json>()
  /** The workflow that each task was added with. */
  readonly #workflows = new Map<TaskId, WorkflowId>()
  #version = 0
  #inFlight = 0
  #started = 0
  #connectionsKilled = 0
  #processesKilled = 0

  constructor(wish: Wish, muster: Muster, world: World) {
    this.#wish = wish
    this.#muster = muster
    this.#world = world
    this.#random = new SeededRandom(wish.seed)
  }

  async run(pool: Pool): Promise<void> {
    await this.#change()
    for (let nth = 0; nth < this.#wish.processes; nth++) this.#start()
    const changing = this.#whileOn(async () => {
      await delay(this.#wish.changeEveryMs)
      const open = await pool.query<{ n: number }>(
        `select count(*)::int as n from task where status = 'open'`,
      )
      this.#inFlight = open.rows[0]?.n ?? 0
      await surviving(() => this.#change())
    })
    const killing = this.#whileOn(async () => {
      await delay(this.#wish.killEveryMs)
      if (this.#submissions.size > 0) await this.#kill(pool)
    })
    const expiring = this.#whileOn(async () => {
      await surviving(() => this.#muster.assignments.expireDue())
      await delay(200)
    })
    await Promise.all([changing, killing, expiring])
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => endProgram(process)))
  }

  /** Asks every rule, once all is quiet. */
  async ask(): Promise<void> {
    await this.#askRows()
    const { stores } = this.#muster.persistence
    const tasks = [...this.#workflows.keys()].map((taskId) => ({ taskId }))
    const kept = await keptCounters(stores, this.#world.projectId)
    if (!isDeepStrictEqual(kept, await recounted(stores, tasks)))
      this.#findings.note([{ rule: 'counters equal a recount', what: this.#world.projectId }])
  }

  report(seconds: number): Report {
    return {
      seed: this.#wish.seed,
      seconds: Math.round(seconds),
      changes: this.#version,
      inFlight: this.#inFlight,
      submissions: this.#submissions.size,
      drafts: [...this.#drafts.values()].flat().length,
      connectionsKilled: this.#connectionsKilled,
      processesKilled: this.#processesKilled,
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  async #askRows(): Promise<void> {
    const { stores } = this.#muster.persistence
    const note = (rule: string, what: string): void => this.#findings.note([{ rule, what }])
    const answered = new Set([...this.#drafts.keys(), ...this.#submissions.keys()])
    for (const [taskId, workflowId] of this.#workflows) {
      const work = await stores.tasks.findWork(taskId)
      if (work?.task.workflowId !== workflowId) note('a task keeps its workflow', taskId)
      const workflow = await this.#muster.workflows.get(workflowId)
      for (const row of work?.assignments ?? []) {
        answered.delete(row.assignmentId)
        const formId = workflow.steps.find(({ stepId }) => stepId === row.stepId)?.formId
        const form = formId ? await this.#muster.forms.get(formId) : undefined
        const isDone = row.status === 'submitted'
        const faults = isDone && form ? checkResult(form, work?.task.payload, row.result) : []
        if (faults.length > 0) note('a result is valid by its own version', row.assignmentId)
        const submitted = this.#submissions.get(row.assignmentId)
        if (submitted !== undefined && !(isDone && isDeepStrictEqual(row.result, submitted)))
          note('what was submitted is kept', row.assignmentId)
        const drafts = (this.#drafts.get(row.assignmentId) ?? []).toSorted((a, b) => a.version - b.version)
        drafts.forEach(({ base, version }, place) => {
          if (version === drafts[place - 1]?.version || (base !== null && base !== version - 1))
            note(OVERWRITTEN, `${row.assignmentId} ${version} on ${base}`)
        })
        const last = drafts.at(-1)
        if (last === undefined) continue
        const words = (row.draft as { readonly words?: string } | null)?.words
        const isLast = row.draftVersion === last.version
        if (
          row.draftVersion < last.version ||
          (!isDone && (row.draft === null || (isLast && words !== last.words)))
        )
          note('a draft that was answered is kept', `${row.assignmentId} ${last.words}`)
      }
    }
    for (const assignmentId of answered) note('what was answered is kept', assignmentId)
  }

  async #whileOn(step: () => Promise<void>): Promise<void> {
    const { changes, kills, submissions, unlocked } = this.#wish
    const isOver = (): boolean =>
      this.#findings.isEnough(undefined) ||
      (unlocked !== true &&
        this.#version >= changes &&
        this.#processesKilled >= kills &&
        this.#submissions.size >= submissions)
    while (!isOver()) await step()
  }

  /** A form that was changed but has no tasks, because the connection was cut, is changed again. */
  async #change(): Promise<void> {
    const version = this.#version + 1
    const { workflowId, taskIds } = await changeForm(this.#muster, this.#world, version, this.#wish.tasks)
    for (const taskId of taskIds) this.#workflows.set(taskId, workflowId)
    this.#version = version
  }

  #start(): void {
    const { url, seed, connections, unlocked = false } = this.#wish
    this.#started += 1
    const orders = { url, seed: seed * 1_000 + this.#started, connections, world: this.#world, unlocked }
    const child = startProgram<MemberOrders, MemberNews>(new URL('./member.ts', import.meta.url), {
      orders,
      hear: (news) => {
        this.#atWork.add(child)
        this.#hear(news)
      },
      ended: (exitCode) => {
        this.#processes.delete(child)
        this.#atWork.delete(child)
        if (exitCode) this.#findings.fault(`A process ended with exit code ${exitCode}`)
      },
    })
    this.#processes.add(child)
  }

  #hear(news: MemberNews): void {
    if (news.kind === 'fault') this.#findings.fault(news.what)
    else if (news.kind === 'broken') this.#findings.note([news])
    else if (news.kind === 'submitted') this.#submissions.set(news.assignmentId, news.result)
    else {
      const drafts = this.#drafts.get(news.assignmentId) ?? []
      if (drafts.some(({ version }) => version === news.version))
        this.#findings.note([{ rule: OVERWRITTEN, what: `${news.assignmentId} twice ${news.version}` }])
      this.#drafts.set(news.assignmentId, [...drafts, news])
    }
  }

  /** Kills a process or cuts a connection. More than half of the processes are at work before one is killed, since starting takes its time. */
  async #kill(pool: Pool): Promise<void> {
    const { processes, kills } = this.#wish
    const victims = [...this.#atWork]
    const mayKill = this.#processesKilled < kills && victims.length * 2 > processes
    const victim = mayKill ? victims[Math.floor(this.#random.next() * victims.length)] : undefined
    if (victim && this.#random.next() < 0.5) {
      this.#atWork.delete(victim)
      victim.kill('SIGKILL')
      this.#processesKilled += 1
      this.#start()
    } else if (victims.length > 0) this.#connectionsKilled += await cutConnection(pool)
  }
}
