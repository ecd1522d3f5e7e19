import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiReports, REPORTS } from './api/reports.ts'

// Writes the reports of the public API anew: `node tools/write-api.ts`, after a build.
const reports = await apiReports()
await rm(REPORTS, { recursive: true, force: true })
await mkdir(REPORTS)
for (const [file, text] of reports) await writeFile(join(REPORTS, file), text)
