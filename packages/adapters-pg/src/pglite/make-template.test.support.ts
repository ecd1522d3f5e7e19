import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { shippedSchema } from '../schema/schema.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import { archiveOf } from './prepared.ts'

// A process of its own, see `pglite-template.test.support.ts`: makes an empty embedded database in a folder, and the same as an archive.
const [folder, archive] = process.argv.slice(2)
if (folder === undefined || archive === undefined) throw new TypeError('usage: <folder> <archive>')
await (await openPGliteDirectory(folder, archiveOf(shippedSchema()))).close()
const pglite = await PGlite.create(join(folder, 'database'))
await writeFile(archive, Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer()))
await pglite.close()
