import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { PLANTED } from './broken/plant.ts'

const folder = new URL('./broken/', import.meta.url)
const faults = readdirSync(folder).filter((file) => file !== 'plant.ts')
const run = promisify(execFile)

it.concurrent.each(faults)('finds the lines of %s in what a server loads', async (fault) => {
  const server = "await import('@muster/core/use-cases')"
  const planted = ['--import', new URL(fault, folder).href, '--input-type=module', '-e', server]
  const { stderr } = await run(process.execPath, ['--conditions=@muster/source', ...planted])
  expect(stderr).toContain(PLANTED)
})
