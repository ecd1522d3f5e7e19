import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, realpath } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const EXEC = fileURLToPath(new URL('tools/exec/exec.ts', ROOT))

/** Says that it is up, and on SIGTERM that it drains before it ends well. */
const SERVER = `
  process.on('SIGTERM', () => { console.log('drained'); clearInterval(up) })
  const up = setInterval(() => {}, 1000)
  console.log('up')
`

describe('scripts of the repository', () => {
  it('say nothing that only a shell of POSIX understands, but exec', async () => {
    const { scripts } = await read<{ scripts: Record<string, string> }>('package.json')
    for (const script of Object.values(scripts)) expect(script).not.toMatch(/['$;`\\]|[^&]&[^&]|^\w+=/)
  })

  it('find the command exec if their shell has none', async () => {
    expect(await realpath(new URL('node_modules/.bin/exec', ROOT))).toBe(EXEC)
  })
})

describe('exec', () => {
  it('hands signals on and ends as its child does', async () => {
    const child = spawn(process.execPath, [EXEC, 'node', '--eval', SERVER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    child.stdout.once('data', () => child.kill('SIGTERM'))
    expect(await text(child.stdout)).toBe('up\ndrained\n')
    expect(await exit).toEqual([0, null])
  })

  it('tells the code that its child exits with', async () => {
    const child = spawn(process.execPath, [EXEC, 'node', '--eval', 'process.exit(3)'], { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([3, null])
  })
})

describe('the lock file', () => {
  it('brings a Node built for glibc to systems with glibc alone', async () => {
    const { packages } = await read<{ packages: Record<string, { os?: string; libc?: string[] }> }>(
      'package-lock.json',
    )
    const nodes = Object.entries(packages).filter(([path]) => path.startsWith('node_modules/node-linux-'))
    expect(nodes.map(([, { os, libc }]) => ({ os, libc }))).toEqual([
      { os: 'linux', libc: ['glibc'] },
      { os: 'linux', libc: ['glibc'] },
    ])
  })
})

async function read<Content>(path: string): Promise<Content> {
  return JSON.parse(await readFile(new URL(path, ROOT), 'utf8')) as Content
}
