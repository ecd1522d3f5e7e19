import { writeFile } from 'node:fs/promises'
import { SQL_MODULE, sqlModule } from './sql.ts'

await writeFile(SQL_MODULE, await sqlModule())
