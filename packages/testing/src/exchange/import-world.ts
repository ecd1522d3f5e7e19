import { MemoryBroadcast } from '@muster/adapters-memory'
import { type JobType, type Json, jobType, type Project, type Task, type Workflow } from '@muster/core'
import {
  type Import,
  type ImportFinding,
  type ImportId,
  type ImportOptions,
  type ImportUseCases,
  importUseCases,
  importWorker,
} from '@muster/core/exchange'
import type { Fact, FactData } from '@muster/core/feed'
import type { Persistence, Stores } from '@muster/core/ports'
import { silentLogger } from '@muster/host'
import { it } from 'vitest'
import { z } from 'zod'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import type { VirtualClock } from '../system/virtual-clock.ts'
import { aProject, aStep, aTaskWork, aWorkflow, newId } from '../worlds/samples.ts'
import { type Line, lineReader } from './line-reader.ts'

const MANY = 10_000

/** A job type that takes payloads with a text, and no others. */
const probe: JobType = jobType({
  name: 'probe:scenario',
  payload: z.object({ text: z.string() }),
  handler: () => null,
})

/** A job type whose schema throws, as that of a host may by mistake. */
const faulty: JobType = jobType({
  name: 'faulty',
  payload: z.any().refine(() => {
    throw new TypeError('the schema has a fault')
  }),
  handler: () => null,
})

/** A project to which files are brought, on a clock that stands still until it is told otherwise. */
export class ImportWorld {
  readonly adapter: OpenPersistence
  readonly project: Project
  readonly workflow: Workflow
  readonly calls: ImportUseCases
  readonly broadcast = new MemoryBroadcast()

  constructor(adapter: OpenPersistence, project: Project, workflow: Workflow) {
    this.workflow = workflow
    this.adapter = adapter
    this.project = project
    this.calls = importUseCases({ ...this.deps(), reader: lineReader })
  }

  get stores(): Stores {
    return this.adapter.persistence.stores
  }

  get clock(): VirtualClock {
    return this.adapter.clock
  }

  /** Brings lines, a piece each, and does not check them. */
  async bring(lines: readonly Line[], options: ImportOptions = {}): Promise<Import> {
    const received = await this.calls.receive(this.project.projectId, { ...options, source: piecesOf(lines) })
    return received.import
  }

  /** Brings lines, and works until nothing is left to do. */
  async brought(lines: readonly Line[], options: ImportOptions = {}): Promise<Import> {
    const { importId } = await this.bring(lines, options)
    await this.work()
    return this.calls.get(importId)
  }

  /** One process that works on imports. */
  worker(persistence: Persistence = this.adapter.persistence, stop?: AbortSignal): () => Promise<number> {
    return importWorker({ ...this.deps(), transactions: persistence }, stop)
  }

  async work(step = this.worker()): Promise<void> {
    while ((await step()) > 0);
  }

  /** The lines of its report. */
  async report(importId: ImportId): Promise<ImportFinding[]> {
    const lines: ImportFinding[] = []
    for await (const line of this.calls.report(importId)) lines.push(line)
    return lines
  }

  /** Tasks in the order in which they were made. */
  tasks(): Promise<Task[]> {
    return this.stores.tasks.list({ projectId: this.project.projectId, order: 'asc' }, { limit: MANY })
  }

  /** The payloads of tasks by their external ids. */
  async payloads(): Promise<Record<string, Json>> {
    const entries = (await this.tasks()).map(
      ({ externalId, payload }) => [externalId ?? '', payload] as const,
    )
    return Object.fromEntries(entries)
  }

  async facts(type: Fact['type']): Promise<Fact[]> {
    const all = await this.stores.events.read(this.project.projectId, 0, MANY)
    return all.filter((fact) => fact.type === type)
  }

  /** What the facts say of tasks that were added. */
  async added(): Promise<FactData['task_added'][]> {
    return (await this.facts('task_added')).map(({ data }) => data as FactData['task_added'])
  }

  /** Somebody else adds a task. */
  async addTask(externalId: string, payload: Json): Promise<void> {
    const { projectId } = this.project
    const work = aTaskWork({ projectId, workflow: this.workflow }, { externalId, payload })
    await this.adapter.persistence.transaction(({ tasks }) => tasks.add([work]))
  }

  deps() {
    const { persistence: transactions, clock } = this.adapter
    return {
      transactions,
      clock,
      ids: { next: () => newId<'TaskId'>() as string },
      random: { next: () => 0.5 },
      jobTypes: new Map([probe, faulty].map((type) => [type.name, type])),
      broadcast: this.broadcast,
      logger: silentLogger,
      nudge: () => {},
    }
  }
}

/** A task with a text, by its number. */
export function taskLine(nth: number, text = `text ${nth}`): Line {
  return { kind: 'task', id: `t-${nth}`, value: { payload: { text } } }
}

/** So many of them, from the first on. */
export function taskLines(count: number): Line[] {
  return Array.from({ length: count }, (_, nth) => taskLine(nth + 1))
}

/** Lines as bytes, a piece each. */
export async function* piecesOf(lines: readonly Line[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`)
}

/** A world of its own, with a workflow of one step. */
export async function openImportWorld(open: OpenAdapter): Promise<ImportWorld> {
  const adapter = await open()
  const workflow = aWorkflow([aStep('label')])
  const project = aProject({ workflowId: workflow.workflowId })
  await adapter.persistence.transaction(async ({ workflows, projects }) => {
    await workflows.add(workflow)
    await projects.add(project)
  })
  return new ImportWorld(adapter, project, workflow)
}

/** `it`, of cases that get a world of their own. */
export function importCases(open: OpenAdapter) {
  return (name: string, test: (world: ImportWorld) => Promise<void>): void => {
    it(name, async () => {
      const world = await openImportWorld(open)
      try {
        await test(world)
      } finally {
        await world.adapter.close()
      }
    })
  }
}
