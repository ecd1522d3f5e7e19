import { readFileSync } from 'node:fs'

/** One number, or several, that an implementation must give. */
interface Fixture {
  readonly function: string
  readonly name: string
  readonly input: unknown
  readonly expected: unknown
  readonly tolerance?: number
}

interface FixtureFile {
  readonly tolerance: number
  readonly relative: boolean
  readonly fixtures: readonly Fixture[]
}

/** The functions that a file of fixtures names: each computes from a fixture's input. */
export type Functions = Readonly<Record<string, (input: never) => unknown>>

/** A fixture beside what came out and where that differs. */
export interface Outcome {
  readonly title: string
  readonly differences: readonly string[]
}

/** Runs every fixture of a file; a function that nothing computes is a difference. */
export function outcomesOf(file: string, functions: Functions): Outcome[] {
  const { tolerance, relative, fixtures } = read(file)
  return fixtures.map((fixture) => {
    const title = `computes ${fixture.function}: ${fixture.name}`
    const compute = functions[fixture.function]
    if (!compute) return { title, differences: [`nothing computes ${fixture.function}`] }
    const got = compute(fixture.input as never)
    return {
      title,
      differences: differences(got, fixture.expected, fixture.tolerance ?? tolerance, relative),
    }
  })
}

/** Functions that no fixture of the file names. */
export function unnamed(file: string, functions: Functions): string[] {
  const named = new Set(read(file).fixtures.map((fixture) => fixture.function))
  return Object.keys(functions).filter((name) => !named.has(name))
}

function read(file: string): FixtureFile {
  return JSON.parse(readFileSync(new URL(`../fixtures/${file}.json`, import.meta.url), 'utf8')) as FixtureFile
}

/** Where `got` is not as expected, by path. `expected` may name a part of an object only. */
function differences(
  got: unknown,
  expected: unknown,
  tolerance: number,
  relative: boolean,
  path = '',
): string[] {
  if (typeof expected === 'number') {
    const allowed = tolerance * (relative ? Math.abs(expected) : Math.max(1, Math.abs(expected)))
    return typeof got === 'number' && Math.abs(got - expected) <= allowed
      ? []
      : [`${path}: ${String(got)} in place of ${expected}`]
  }
  if (Array.isArray(expected)) {
    const list = got as ArrayLike<unknown> | undefined
    if (list?.length !== expected.length) return [`${path}: not a list of ${expected.length}`]
    return expected.flatMap((each, i) => differences(list[i], each, tolerance, relative, `${path}[${i}]`))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof got !== 'object' || got === null) return [`${path}: ${String(got)} in place of an object`]
    const parts: Readonly<Record<string, unknown>> = { ...got }
    return Object.entries(expected).flatMap(([key, each]) =>
      differences(parts[key], each, tolerance, relative, `${path}.${key}`),
    )
  }
  return got === expected ? [] : [`${path}: ${String(got)} in place of ${String(expected)}`]
}
