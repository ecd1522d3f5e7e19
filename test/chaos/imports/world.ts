import { openPg, pgModule } from '@muster/adapters-pg'
import type { ProjectId } from '@muster/core'
import type { Import, ImportMode } from '@muster/core/exchange'
import type { Persistence } from '@muster/core/ports'
import { fileReader } from '@muster/formats'
import { CLOCK, coreModule, createMuster, IDS, type Muster, PERSISTENCE, silentLogger } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import { overriding } from '../overriding.ts'

/** How a process gets to what it shares with the others, and the files that it brings. */
export interface Way {
  readonly url: string
  readonly files: readonly BroughtFile[]
  /** The bookmark is committed before the rows, and the process dies between the two: it breaks a rule on purpose. */
  readonly bookmarkFirst?: boolean
  /** The process dies when it has sent so many rows of a file. */
  readonly diesAfterRows?: number
}

/** A file of so many rows for a project. */
export interface BroughtFile {
  readonly projectId: ProjectId
  readonly mode: ImportMode
  readonly rows: number
}

const CONNECTIONS = 3

/** Of the file in chunks, each row of which the number is a multiple is broken. */
const BROKEN_EACH = 97

/** Muster on what all processes share. */
export function openMuster({ url, bookmarkFirst = false }: Way): Promise<Muster> {
  const core = coreModule({ logger: silentLogger, files: fileReader })
  const pg = { connectionString: url, poolSize: CONNECTIONS }
  if (!bookmarkFirst) return createMuster({ modules: [core, pgModule(pg)] })
  const container = new Container({ defaultScope: 'Singleton' })
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (clock, ids) => rowsLast(await openPg(pg, { clock, ids })),
      [CLOCK, IDS],
    )
  })
  return createMuster({ container, modules: [core, persistence] })
}

/** Muster in memory, where nothing is disturbed. */
export function openUndisturbed(): Promise<Muster> {
  return createMuster({ modules: [coreModule({ logger: silentLogger, files: fileReader })] })
}

/** Writes tasks when the rest of their transaction has committed; dies before it does so for the second time. */
function rowsLast(persistence: Persistence): Persistence {
  let times = 0
  return overriding(persistence, {
    async transaction(work) {
      const late: (() => Promise<void>)[] = []
      const result = await persistence.transaction((stores) => {
        late.length = 0
        const add = async (works: Parameters<typeof stores.tasks.add>[0]): Promise<void> => {
          late.push(() => persistence.transaction((after) => after.tasks.add(works)))
        }
        return work({ ...stores, tasks: overriding(stores.tasks, { add }) })
      })
      if (late.length > 0 && ++times === 2) process.kill(process.pid, 'SIGKILL')
      for (const write of late) await write()
      return result
    },
  })
}

/** A project whose tasks go through one step. */
export async function makeProject(muster: Muster): Promise<ProjectId> {
  const { workflowId } = await muster.workflows.add({
    name: 'one step',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  return (await muster.projects.add({ name: 'Brought', workflowId })).projectId
}

/** Brings a file until it is there whole, however often it has to be sent. */
export async function bring(muster: Muster, file: BroughtFile, diesAfterRows?: number): Promise<Import> {
  const { projectId, mode, rows } = file
  const started = await muster.imports.start(projectId, {
    mode,
    format: 'ndjson',
    source: piecesOf(mode, rows, diesAfterRows),
  })
  return started.finished()
}

async function* piecesOf(
  mode: ImportMode,
  rows: number,
  diesAfterRows = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  for (let from = 1; from <= rows; from += 100) {
    if (from > diesAfterRows) process.kill(process.pid, 'SIGKILL')
    const lines = Array.from({ length: Math.min(100, rows - from + 1) }, (_, nth) => lineOf(mode, from + nth))
    yield Buffer.from(lines.join(''))
  }
}

function lineOf(mode: ImportMode, nth: number): string {
  if (mode === 'chunks' && nth % BROKEN_EACH === 0) return '{"externalId": \n'
  return `${JSON.stringify({ externalId: `r-${nth}`, payload: { text: `row ${nth}` } })}\n`
}
