import { readFile } from 'node:fs/promises'
import { EXIT, Failure } from './failure.ts'

/** The JSON of a file. @throws Failure naming the file and why it cannot be read */
export async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Failure(EXIT.usage, `${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** The same of a file that must hold an object. */
export async function objectOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const value = await jsonOf(file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new Failure(EXIT.usage, `${file} must hold a JSON object`)
}
