import { registerHooks } from 'node:module'
import { FAULTS, type Fault } from './faults.test.support.ts'
import type { Functions, outcomesOf } from './fixtures.test.support.ts'

// Runs the fixtures of a file once with each fault planted in the sources, and prints how many
// fail. Run by teeth.test.ts.

/** The fault that a module is loaded with, by the name in its address. Importing hands it on. */
const faultOf = (url = ''): string | null => URL.parse(url)?.searchParams.get('fault') ?? null
const planted = new Set<Fault>()

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const fault = faultOf(context.parentURL)
    if (fault === null || !resolved.url.startsWith('file:')) return resolved
    return { ...resolved, url: `${resolved.url}?fault=${encodeURIComponent(fault)}` }
  },
  load(url, context, next) {
    const loaded = next(url, context)
    const fault = FAULTS.find(({ name }) => name === faultOf(url))
    if (!fault || !new URL(url).pathname.endsWith(`/src/${fault.file}`)) return loaded
    const { source: text } = loaded
    const source = typeof text === 'string' ? text : new TextDecoder().decode(text ?? undefined)
    const [before, after, ...more] = source.split(fault.from)
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`${fault.file} must hold ${fault.from} once`)
    planted.add(fault)
    return { ...loaded, source: before + fault.to + after }
  },
})

const failing: Record<string, number> = {}
for (const fault of FAULTS) {
  const query = `?fault=${encodeURIComponent(fault.name)}`
  const subject = `./${fault.subject}/${fault.subject}.fixtures.test.support.ts${query}`
  const { FUNCTIONS } = (await import(subject)) as { FUNCTIONS: Functions }
  const fixtures = (await import(`./fixtures.test.support.ts${query}`)) as { outcomesOf: typeof outcomesOf }
  const outcomes = fixtures.outcomesOf(fault.fixtures, FUNCTIONS)
  if (!planted.has(fault)) throw new Error(`${fault.file} was not loaded`)
  failing[fault.name] = outcomes.filter(({ differences }) => differences.length > 0).length
}
console.log(JSON.stringify(failing))
