import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { embeddedBackend } from '../connection/backend.ts'
import { migrate } from '../schema/migrate.ts'
import { type Schema, shippedSchema } from '../schema/schema.ts'
import { pack } from './packed-folder.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import { archiveOf } from './prepared.ts'

// Builds the archive of an empty database that this package ships, unless it is there: `node --conditions=@muster/source` with this file.

const schema = shippedSchema()
const archive = archiveOf(schema)
if (!existsSync(archive)) {
  const before = performance.now()
  const assets = dirname(archive)
  await mkdir(assets, { recursive: true })
  const packed = await packedDatabase(schema)
  // Others may build it at the same time: one name each, and whole archives alone have the final one.
  const own = `${archive}.${process.pid}`
  await writeFile(own, packed)
  await rename(own, archive)
  const stale = (await readdir(assets)).filter(
    (name) => name.endsWith('.br') && join(assets, name) !== archive,
  )
  for (const name of stale) await rm(join(assets, name), { force: true })
  console.log(`The embedded database was prepared in ${Math.round(performance.now() - before)} ms`)
}

async function packedDatabase(schema: Schema): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-prepared-'))
  try {
    const { embedded, room, close } = await openPGliteDirectory(folder)
    // No folder is this place: each finds that it is another one, and begins a history of facts of its own.
    const backend = await embeddedBackend(embedded, { place: 'prepared', room, release: close })
    try {
      await migrate(backend, schema, new Date(), { takeBack: true })
      await backend.recognize()
    } finally {
      await backend.close()
    }
    return await pack(join(folder, 'database'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
