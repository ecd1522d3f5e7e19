import { readdir, readFile } from 'node:fs/promises'

const PACKAGE = new URL('../packages/adapters-pg/', import.meta.url)

/** The module that {@link sqlModule} is written to. */
export const SQL_MODULE = new URL('src/sql.ts', PACKAGE)

/** The SQL of `adapters-pg` as a module, since a bundle has no folders beside it. */
export async function sqlModule(): Promise<string> {
  return [
    '// Written by `npm run sql` from ../migrations and ../functions, for bundles: change those.',
    `/** A text of SQL and the name of the file that holds it. */
export interface SqlFile {
  readonly name: string
  readonly text: string
}`,
    `export const MIGRATIONS: readonly SqlFile[] = [${await filesOf('migrations/')}]`,
    `export const FUNCTIONS: readonly SqlFile[] = [${await filesOf('functions/')}]\n`,
  ].join('\n\n')
}

async function filesOf(folder: string): Promise<string> {
  const place = new URL(folder, PACKAGE)
  const names = (await readdir(place)).filter((name) => name.endsWith('.sql')).sort()
  const files = names.map(async (name) => {
    const text = await readFile(new URL(name, place), 'utf8')
    return `{ name: '${name}', text: \`${literal(text)}\` }`
  })
  return `\n${(await Promise.all(files)).join(',\n')},\n`
}

/** The inside of a template; a checkout on Windows must not look like another text. */
export function literal(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/[`\\]|\$(?=\{)/g, '\\$&')
}
