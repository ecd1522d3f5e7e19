import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DirectoryInUseError } from './directory-lock.ts'
import { Holder } from './pglite-directory.test.support.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import { putEmptyDatabase } from './pglite-template.test.support.ts'

type Opened = Awaited<ReturnType<typeof openPGliteDirectory>>

const PROCESSES_MS = 60_000

describe('a folder with an embedded database', { timeout: PROCESSES_MS }, () => {
  it('is made anew if making it was cut short, and keeps what was written', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'database.new', 'base'), { recursive: true })
    await writeFile(join(folder, 'database.new', 'PG_VERSION'), '')
    const first = await openPGliteDirectory(folder)
    await first.embedded.alone((on) => on.exec('create table kept (n int); insert into kept values (7)'))
    await first.close()
    expect((await readdir(folder)).sort()).toEqual(['database', 'lock'])
    const again = await openPGliteDirectory(folder)
    expect(await keptIn(again)).toEqual([{ n: 7 }])
    await again.close()
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

async function holderOf(folder: string): Promise<Holder> {
  const holder = new Holder(folder)
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
