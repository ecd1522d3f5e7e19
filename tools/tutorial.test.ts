import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { SNIPPET_OPTIONS } from './snippets.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const run = promisify(execFile)

const CONFIG = {
  extends: '../../tsconfig.base.json',
  compilerOptions: SNIPPET_OPTIONS,
}

/** A fenced block of the page. */
interface Block {
  readonly language: string
  readonly text: string
}

/** A file that the tutorial writes; its first line is its name. */
const FILE = /^\/\/ (?<name>\w+\.ts)\n/

it('leads through the tutorial, whose files compile and print what it says', async () => {
  const [install, ...blocks] = await blocksOf('docs/tutorial.md')
  const files = blocks.filter(({ language }) => language === 'ts')
  const packages = /npm install (?<names>.+)/.exec(install?.text ?? '')?.groups?.['names']?.split(' ')
  expect(packages).toEqual(importedBy(files))

  // Beside the workspaces, so that its imports find them as those of an installed host would.
  const folder = await mkdtemp(join(root, 'tools/.tutorial-'))
  try {
    const written = await Promise.all(files.map((file) => write(folder, file)))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ ...CONFIG, files: written }))
    const [printed] = await Promise.all([
      printedBy(commandsOf(blocks), folder),
      run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]),
    ])
    expect(printed).toEqual(blocks.filter(({ language }) => language === 'text').map(({ text }) => text))
  } finally {
    await rm(folder, { recursive: true })
  }
})

async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(join(root, page), 'utf8')
  return [...text.matchAll(/^```(?<language>.*)\n(?<text>[\s\S]*?)^```$/gm)].map(({ groups = {} }) => ({
    language: groups['language'] ?? '',
    text: groups['text'] ?? '',
  }))
}

/** The packages that the files import, in order. */
function importedBy(files: readonly Block[]): string[] {
  const names = files.flatMap(({ text }) =>
    [...text.matchAll(/ from '([^.'][^']*)'/g)].map(([, name]) => name),
  )
  return [...new Set(names)].filter((name) => name !== undefined).sort()
}

async function write(folder: string, { text }: Block): Promise<string> {
  const name = FILE.exec(text)?.groups?.['name']
  if (name === undefined) throw new Error(`A block of the tutorial names no file: ${text.slice(0, 60)}`)
  await writeFile(join(folder, name), text)
  return name
}

/** What each script prints; each finds what the one before it left. */
async function printedBy(scripts: readonly string[], cwd: string): Promise<string[]> {
  const printed: string[] = []
  for (const script of scripts) {
    const { stdout } = await run(process.execPath, ['--conditions=@muster/source', script], { cwd })
    printed.push(stdout)
  }
  return printed
}

/** The scripts that the reader is told to run; every other command would be one that nobody tried. */
function commandsOf(blocks: readonly Block[]): string[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => {
      const script = /^node (?<script>\w+\.ts)\n$/.exec(text)?.groups?.['script']
      if (script === undefined) throw new Error(`The tutorial has a command that is not run: ${text}`)
      return script
    })
}
