import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { functionsOf, type Schema, shippedSchema } from '../schema/schema.ts'
import { archiveOf } from './prepared.ts'

it('has another name for every other schema, so that none is taken for another', () => {
  const schema = shippedSchema()
  const [first, ...rest] = schema.migrations
  if (first === undefined) throw new Error('there are migrations')
  const others: Schema[] = [
    { ...schema, functions: functionsOf(`${schema.functions.text} `) },
    { ...schema, migrations: [{ ...first, text: `${first.text} ` }, ...rest] },
    { ...schema, migrations: [first, ...rest.slice(1)] },
    { ...schema, migrations: [...schema.migrations, { ...first, version: rest.length + 2 }] },
  ]
  const names = [schema, ...others].map(archiveOf)
  expect(new Set(names).size).toBe(names.length)
  expect(archiveOf(shippedSchema())).toBe(archiveOf(schema))
})

it('is packed with the package, alone', async () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', args, { cwd })
  const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[]
  const assets = packed?.files.map(({ path }) => path).filter((path) => path.startsWith('assets/'))
  expect(assets).toEqual([`assets/${basename(archiveOf(shippedSchema()))}`])
})
