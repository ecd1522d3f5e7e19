import { readFile, writeFile } from 'node:fs/promises'
import { CommandError, EXIT } from './command-error.ts'

/** The JSON of a file. @throws CommandError naming the file and why it cannot be read */
export async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** The same of a file that must hold an object. */
export async function objectOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const value = await jsonOf(file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new CommandError(EXIT.usage, `${file} must hold a JSON object`)
}

/** Writes a file. @throws CommandError naming the file and why it cannot be written */
export async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
