import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jobType } from '@muster/core'
import type { ImportCounts, ImportFinding } from '@muster/core/exchange'
import { fileReader } from '@muster/formats'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { z } from 'zod'

const FIXTURES = fileURLToPath(new URL('../../../packages/formats/fixtures/', import.meta.url))

/** Files of other tools, by their paths. */
export const SAMPLES: readonly string[] = globSync('*/*', { cwd: FIXTURES })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.endsWith('.md'))
  .sort()

/** What became of a file. */
export interface BroughtSample {
  readonly status: string
  readonly format: string
  readonly target: string | null
  readonly sha256: string | null
  readonly counts: ImportCounts
  readonly report: readonly ImportFinding[]
  /** Of tasks their ids and payloads, of scenarios the same. */
  readonly made: readonly (readonly [string | null, unknown])[]
}

const probe = jobType({ name: 'probe:scenario', payload: z.unknown(), handler: () => null })

/** Muster on what `modules` open, which reads files. */
export function openReading(
  modules: NonNullable<Parameters<typeof createMuster>[0]>['modules'] = [],
): Promise<Muster> {
  const core = coreModule({ jobTypes: [probe], files: fileReader, logger: silentLogger })
  return createMuster({ modules: [core, ...modules] })
}

/** Brings each sample to a project of its own, without the parts that are at fault. */
export async function bringSamples(muster: Muster): Promise<Record<string, BroughtSample>> {
  const scheduler = await muster.schedule()
  const { workflowId } = await muster.workflows.add({
    name: 'one step',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  const started = []
  for (const sample of SAMPLES) {
    const { projectId } = await muster.projects.add({ name: sample, workflowId })
    const source = pieceOf(await readFile(join(FIXTURES, sample)))
    started.push(await muster.imports.start(projectId, { source, mode: 'chunks' }))
  }
  const brought: Record<string, BroughtSample> = {}
  for (const [index, sample] of SAMPLES.entries()) {
    const one = started[index]
    if (one === undefined) continue
    const { projectId, importId } = one
    const { status, format, target, sha256, counts, createdIds } = await one.finished()
    const report: ImportFinding[] = []
    for await (const line of muster.imports.report(importId)) report.push(line)
    const tasks = (await muster.tasks.list(projectId, { order: 'asc' }, { limit: 200 })).items
    const { definitionId } = createdIds
    const scenarios =
      definitionId === undefined
        ? []
        : (await muster.definitions.scenarios(definitionId, { limit: 200 })).items
    brought[sample] = {
      status,
      format,
      target,
      sha256,
      counts,
      report,
      made: [
        ...tasks.map(({ externalId, payload }) => [externalId, payload] as const),
        ...scenarios.map(({ scenarioId, payload }) => [scenarioId, payload] as const),
      ],
    }
  }
  await scheduler.close()
  return brought
}

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
