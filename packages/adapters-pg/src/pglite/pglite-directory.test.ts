import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import { smallDisk } from '@muster/test-services'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import { shippedSchema } from '../schema/schema.ts'
import type { PgPorts } from '../stores/pg-ports.ts'
import { DirectoryInUseError } from './directory-lock.ts'
import { pack } from './packed-folder.ts'
import { Holder } from './pglite-directory.test.support.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import { putEmptyDatabase } from './pglite-template.test.support.ts'
import { archiveOf } from './prepared.ts'

type Opened = Awaited<ReturnType<typeof openPGliteDirectory>>

const MIB = 1024 * 1024

describe('a folder with an embedded database', () => {
  it('is made by PGlite where there is no archive, also if that was cut short, and brought to the schema later', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'database.new', 'base'), { recursive: true })
    await writeFile(join(folder, 'database.new', 'PG_VERSION'), '')
    const first = await openPGliteDirectory(folder)
    await first.embedded.alone((on) => on.exec('create table kept (n int); insert into kept values (7)'))
    await first.close()
    expect((await readdir(folder)).sort()).toEqual(['database', 'lock'])
    const persistence = await openPg({ pglite: folder }, ports())
    expect(await persistence.stores.people.list({ limit: 5 })).toEqual([])
    await persistence.close()
    const later = await openPGliteDirectory(folder)
    expect(await keptIn(later)).toEqual([{ n: 7 }])
    await later.close()
  })

  it('comes out of the archive with the schema of this version', async () => {
    const persistence = await openPg({ pglite: await newFolder(), migrate: false }, ports())
    expect(await persistence.stores.people.list({ limit: 5 })).toEqual([])
    await persistence.close()
  })

  it('has a history of facts of its own, though all come out of one archive', async () => {
    const epochIn = async (folder: string): Promise<string> => {
      const persistence = await openPg({ pglite: folder }, ports())
      const epoch = await persistence.stores.events.epoch()
      await persistence.close()
      return epoch
    }
    const folder = await newFolder()
    const epoch = await epochIn(folder)
    expect(await epochIn(await newFolder())).not.toBe(epoch)
    expect(await epochIn(folder)).toBe(epoch)
  })

  it.each([1, 400, 1_200])(
    'is unpacked again if its process was killed after file %d of it was written',
    async (files) => {
      const folder = await newFolder()
      const holder = await holderOf(folder, { afterFiles: files })
      expect(await holder.ended).toBe('SIGKILL')
      expect(existsSync(join(folder, 'database'))).toBe(false)
      expect(filesIn(join(folder, 'database.new'))).toBe(files)
      const persistence = await openPg({ pglite: folder, migrate: false }, ports())
      expect(await persistence.stores.people.list({ limit: 5 })).toEqual([])
      await persistence.close()
      expect((await readdir(folder)).sort()).toEqual(['database', 'lock'])
    },
  )

  it('is refused by the name of its archive if that is damaged, and leaves nothing behind', async () => {
    const place = await newFolder()
    const whole = await readFile(archiveOf(shippedSchema()))
    const [cut, longer] = [join(place, 'cut.br'), join(place, 'longer.br')]
    await writeFile(cut, whole.subarray(0, whole.length / 2))
    await writeFile(
      longer,
      brotliCompressSync(Buffer.concat([Buffer.from('[["a",1]]'), Buffer.from('\nab')])),
    )
    for (const archive of [cut, longer]) {
      const folder = join(place, 'data')
      await expect(openPGliteDirectory(folder, archive)).rejects.toThrow(
        new RegExp(`^${archive} is damaged \\(.*\\): install @muster/adapters-pg again$`),
      )
      expect(await readdir(folder)).toEqual(['lock'])
    }
  })

  it('waits for room if its disk is full before all is unpacked, and leaves what there was', async (context) => {
    const disk = await smallDisk(96 * MIB)
    if ('missing' in disk) return context.skip(disk.missing)
    onTestFinished(() => disk.remove())
    const large = await newFolder()
    await writeFile(join(large, 'large'), Buffer.alloc(64 * MIB))
    const archive = join(disk.folder, 'large.br')
    await writeFile(archive, await pack(large))
    await disk.fill(56 * MIB)
    const folder = join(disk.folder, 'data')
    await expect(openPGliteDirectory(folder, archive)).rejects.toThrow(
      expect.objectContaining({ code: 'unavailable', message: `${folder} lies on a full disk` }),
    )
    expect(await readdir(folder)).toEqual(['lock'])
    await disk.clear()
    await (await openPg({ pglite: folder }, ports())).close()
  })

  it('is opened by a script that is an argument of node', async () => {
    const folder = await madeFolder()
    const opening = new URL('pglite-directory.ts', import.meta.url).href
    const script = `import('${opening}').then((here) => here.openPGliteDirectory(process.argv[1]))
      .then((opened) => opened.close()).then(() => console.log('opened and closed'))`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@muster/source',
      '--eval',
      script,
      folder,
    ])
    expect(stdout.trim()).toBe('opened and closed')
  })

  it('goes to one of several processes that come at once; the others name it and its holder, and touch nothing', async () => {
    const folder = await madeFolder()
    const holders = await Promise.all(Array.from({ length: 3 }, () => holderOf(folder)))
    const answers = await Promise.all(holders.map(({ answer }) => answer))
    const winner = holders[answers.indexOf('open')]
    const losers = answers.filter((answer) => answer !== 'open')
    expect(losers).toHaveLength(2)
    for (const answer of losers) {
      expect(answer).toMatch(
        new RegExp(`^DirectoryInUseError: ${folder} is in use by process ${winner?.pid}:`),
      )
    }
    const before = await filesOf(folder)
    await expect(openPGliteDirectory(folder)).rejects.toMatchObject({ directory: folder, pid: winner?.pid })
    expect(await filesOf(folder)).toEqual(before)
  })

  it('is free again at once when its holder was killed, with all that was acknowledged', async () => {
    const folder = await madeFolder()
    const holder = await holderOf(folder)
    expect(await holder.answer).toBe('open')
    await holder.kill('SIGKILL')
    const opened = await openPGliteDirectory(folder)
    expect(await keptIn(opened)).toEqual([{ n: 1 }])
    await opened.close()
  })

  it('is not held by a process that merely has the pid of a dead holder', async () => {
    const folder = await madeFolder()
    const left = new DatabaseSync(join(folder, 'lock'))
    left.exec(`pragma user_version = ${process.ppid}`)
    left.close()
    const opened = await openPGliteDirectory(folder)
    expect(opened.embedded.closed).toBe(false)
    await opened.close()
    expect(opened.embedded.closed).toBe(true)
  })

  it('is opened once in one process too', async () => {
    const folder = await madeFolder()
    const first = await openPGliteDirectory(folder)
    await expect(openPGliteDirectory(folder)).rejects.toThrow(DirectoryInUseError)
    await first.close()
    await (await openPGliteDirectory(folder)).close()
  })
})

function ports(): PgPorts {
  return { clock: new VirtualClock(), ids: new SequentialIds() }
}

function filesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length
}

async function keptIn({ embedded }: Opened): Promise<object[]> {
  return (await embedded.alone((on) => on.query('select n from kept'))).rows
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-folder-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function madeFolder(): Promise<string> {
  const folder = await newFolder()
  await putEmptyDatabase(folder)
  return folder
}

async function holderOf(...wish: ConstructorParameters<typeof Holder>): Promise<Holder> {
  const holder = new Holder(...wish)
  onTestFinished(() => holder.kill('SIGKILL'))
  return holder
}

/** Every file below with its size and the moment of its last change. */
async function filesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort()
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name))
      return `${name} ${size} ${mtimeMs}`
    }),
  )
}
