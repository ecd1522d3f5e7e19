import { MemoryBlobs } from '@muster/adapters-memory'
import type { DefinitionId, ProjectId, RunId, UserId } from '@muster/core'
import {
  type Blobs,
  type Export,
  type ExportId,
  type ExportUseCases,
  exportPruner,
  exportUseCases,
  exportWorker,
  type FileWriter,
  type KeptExport,
} from '@muster/core/exchange'
import type { Persistence } from '@muster/core/ports'
import { it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { anAssignment, aTaskWork, aUser, newId, withAssignment } from '../worlds/samples.ts'
import { type ImportWorld, openImportWorld } from './import-world.ts'
import { lineWriter } from './line-writer.ts'

/** How a process that exports differs from others. */
interface ProcessOptions {
  readonly writer?: FileWriter
  readonly blobs?: Blobs
  readonly persistence?: Persistence
  readonly stop?: AbortSignal
  readonly alone?: boolean
}

/** A project with a run, a definition and tasks, on a clock that stands still until it is told otherwise. */
export class ExportWorld {
  readonly adapter: OpenPersistence
  readonly projectId: ProjectId
  readonly blobs = new MemoryBlobs()
  readonly calls: ExportUseCases
  readonly #imports: ImportWorld
  #keys = 0

  constructor(imports: ImportWorld) {
    this.#imports = imports
    this.adapter = imports.adapter
    this.projectId = imports.project.projectId
    this.calls = exportUseCases({
      ...imports.deps(),
      exporting: { writer: lineWriter(), blobs: this.blobs },
    })
  }

  /** Two models over so many scenarios, the second of which `large` failed. */
  async aRun(scenarios = 3): Promise<{ readonly runId: RunId; readonly definitionId: DefinitionId }> {
    const ids = Array.from({ length: scenarios }, (_, nth) => `s-${nth + 1}`)
    const { createdIds } = await this.#imports.brought(
      [
        ...ids.map((scenarioId) => ({
          kind: 'scenario',
          value: { scenarioId, payload: { of: scenarioId } },
        })),
        ...ids.flatMap((scenarioId, nth) =>
          ['small', 'large'].map((model) => ({
            kind: 'result',
            value: {
              scenarioId,
              model,
              ...(model === 'large' && nth === 1
                ? { state: 'failed', result: null, error: { code: 'theirs', message: 'no key' } }
                : { state: 'completed', result: { output: `${model} ${nth}` }, error: null }),
            },
          })),
        ),
      ],
      { target: 'run', name: 'capitals' },
    )
    const { runId, definitionId } = createdIds
    if (runId === undefined || definitionId === undefined) throw new Error('No run was made')
    return { runId, definitionId }
  }

  /** A completed task that a person has answered. */
  async aTask(externalId: string): Promise<UserId> {
    const { workflow } = this.#imports
    const user = aUser()
    const now = this.adapter.clock.now()
    const open = aTaskWork({ projectId: this.projectId, workflow }, { externalId })
    const answer = anAssignment(open, workflow, user.userId, {
      status: 'submitted',
      result: { label: 'dan' },
      startedAt: now,
      submittedAt: now,
      endedAt: now,
    })
    const done = withAssignment(open, answer)
    const task = { ...done.task, status: 'completed', currentStepId: null, completedAt: now } as const
    await this.adapter.persistence.transaction(async ({ people, tasks }) => {
      await people.add(user)
      await tasks.add([{ ...done, task }])
    })
    return user.userId
  }

  /** One process that writes exports. */
  worker({
    writer = lineWriter(),
    blobs = this.blobs,
    stop,
    ...more
  }: ProcessOptions = {}): () => Promise<number> {
    return exportWorker(this.#writing(writer, blobs, more), stop)
  }

  pruner(): (now: Date, limit: number) => Promise<number> {
    return exportPruner(this.#writing(lineWriter(), this.blobs, {}))
  }

  /** The lines of one of its files. */
  async lines(exportId: ExportId, name = 'rows.lines'): Promise<unknown[]> {
    const text = await this.text(exportId, name)
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]))
  }

  async text(exportId: ExportId, name = 'rows.lines', from?: number, to?: number): Promise<string> {
    const file = await this.calls.file(exportId, name)
    let text = ''
    for await (const piece of file.read(from, to)) text += Buffer.from(piece).toString()
    return text
  }

  /** The first byte that is kept under these names. */
  async blob(folder: string, name: string): Promise<void> {
    for await (const _ of this.blobs.read(folder, name, 0, 1)) return
  }

  /** Asks for one, and writes it. */
  async written(given: Parameters<ExportUseCases['start']>[1]): Promise<Export> {
    const { exportId } = await this.calls.start(this.projectId, given)
    await this.worker()()
    return this.calls.get(exportId)
  }

  facts(type: Parameters<ImportWorld['facts']>[0]): ReturnType<ImportWorld['facts']> {
    return this.#imports.facts(type)
  }

  /** As a store keeps one that waits. */
  kept(wish: Partial<KeptExport> = {}): KeptExport {
    return {
      exportId: newId<'ExportId'>(),
      projectId: this.projectId,
      what: 'tasks',
      format: 'lines',
      runIds: [],
      definitionId: null,
      people: 'none',
      gzip: false,
      fields: [],
      delimiter: null,
      csvSafe: false,
      formId: null,
      question: null,
      promptAt: null,
      status: 'waiting',
      attempt: 0,
      lost: 0,
      rows: 0,
      manifest: null,
      error: null,
      createdBy: null,
      createdAt: this.adapter.clock.now(),
      finishedAt: null,
      ...wish,
    }
  }

  #writing(writer: FileWriter, blobs: Blobs, { persistence, alone = true }: ProcessOptions) {
    const deps = this.#imports.deps()
    return {
      ...deps,
      transactions: persistence ?? deps.transactions,
      exporting: { writer, blobs },
      alone,
      newKey: () => `key-${++this.#keys}`,
      version: '0.0.1',
    }
  }
}

/** `it`, of cases that get a world of their own. */
export function exportCases(open: OpenAdapter) {
  return (name: string, test: (world: ExportWorld) => Promise<void>): void => {
    it(name, async () => {
      const world = await openImportWorld(open)
      try {
        await test(new ExportWorld(world))
      } finally {
        await world.adapter.close()
      }
    })
  }
}
