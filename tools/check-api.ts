import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiReports, REPORTS } from './api/reports.ts'

// Fails if the public API is not as its reports in docs/api say: `node tools/check-api.ts`, after a build.
for (const [file, text] of await apiReports()) {
  const kept = await readFile(join(REPORTS, file), 'utf8').catch(() => '')
  if (kept === text) continue
  console.error(`docs/api/${file} is not what was built. If the change is meant, run npm run api`)
  process.exitCode = 1
}
