import { readFile } from 'node:fs/promises'
import { SQL_MODULE, sqlModule } from './sql.ts'

// Fails when packages/adapters-pg/src/sql.ts is not what its SQL files say: `node tools/check-sql.ts`.
const written = (await readFile(SQL_MODULE, 'utf8')).replaceAll('\r\n', '\n')
if (written !== (await sqlModule())) {
  console.error('packages/adapters-pg/src/sql.ts is not what the SQL files say: npm run sql')
  process.exitCode = 1
}
