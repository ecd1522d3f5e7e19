import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pgModule } from '@muster/adapters-pg'
import type { Muster } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { type BroughtSample, bringSamples, openReading, SAMPLES } from './import-samples.test.support.ts'

async function broughtTo(open: Promise<Muster>): Promise<Record<string, BroughtSample>> {
  const muster = await open
  try {
    return await bringSamples(muster)
  } finally {
    await muster.close()
  }
}

describe('Files of other tools', () => {
  it('become the same, with the same report, in memory, on PGlite and on Postgres', async () => {
    const inMemory = await broughtTo(openReading())
    expect(Object.keys(inMemory)).toEqual(SAMPLES)
    const folder = await mkdtemp(join(tmpdir(), 'muster-samples-'))
    const pglite = await broughtTo(openReading([pgModule({ pglite: folder })]))
    await rm(folder, { recursive: true })
    for (const sample of SAMPLES) expect([sample, pglite[sample]]).toEqual([sample, inMemory[sample]])
    const postgres = await broughtTo(openReading([pgModule({ connectionString: await freshDatabase() })]))
    for (const sample of SAMPLES) expect([sample, postgres[sample]]).toEqual([sample, inMemory[sample]])

    const ends = Object.values(inMemory)
    expect(ends.filter(({ status }) => status === 'completed').length).toBeGreaterThan(50)
    const refused = ends.filter(({ status }) => status !== 'completed')
    expect(refused.filter(({ status }) => status !== 'refused')).toEqual([])
    expect(refused.filter(({ report }) => !report.some(({ level }) => level === 'error'))).toEqual([])
    // Forms are no things of a project.
    const listed = ends.filter(({ target }) => target !== 'form')
    expect(listed.filter(({ counts, made }) => counts.made !== made.length)).toEqual([])
  })
})
