import { chmod, cp, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { closure, isOurs, isTaken, manifestOf, PROGRAM, ROOT, USER } from './parts.ts'

// Puts together what the Containerfile copies: `node tools/image/stage.ts FOLDER`, behind `npm run build`. The script `build` adds the base.

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('Name the folder to put it into')
const app = join(target, 'app')
await rm(app, { recursive: true, force: true })
const folders = await closure(join(ROOT, PROGRAM))
for (const folder of folders) {
  const place = join(app, relative(ROOT, folder))
  await cp(folder, place, {
    recursive: true,
    filter: async (path) => isTaken(folder, path, (await stat(path)).isDirectory()),
  })
  const name = (await manifestOf(folder))?.name
  if (!isOurs(folder) || name === undefined) continue
  // As npm does: a workspace is found by its name.
  const link = join(app, 'node_modules', name)
  await mkdir(dirname(link), { recursive: true })
  await symlink(relative(dirname(link), place), link)
}
await mkdir(join(target, 'data'), { recursive: true })
await mkdir(join(target, 'etc'), { recursive: true })
const { id, name } = USER
await writeFile(
  join(target, 'etc/passwd'),
  `root:x:0:0:root:/root:/sbin/nologin\n${name}:x:${id}:${id}:${name}:/data:/sbin/nologin\n`,
)
await writeFile(join(target, 'etc/group'), `root:x:0:\n${name}:x:${id}:\n`)
await cp(process.env['MUSTER_IMAGE_NODE'] ?? process.execPath, join(target, 'node'))
await chmod(join(target, 'node'), 0o755)
process.stdout.write(`${folders.size} packages\n`)
