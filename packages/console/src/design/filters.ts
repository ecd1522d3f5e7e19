/** A filter that a list can have. */
export interface FilterField {
  /** As it is typed before the colon, and stands in the address. */
  readonly name: string
  readonly title: string
  /** Values to choose from; others may be typed unless it is closed. */
  readonly values?: readonly string[]
  readonly isClosed?: boolean
}

/** A choice that completes what is typed. */
export interface Suggestion {
  readonly text: string
  readonly more: string
  /** The filter that taking it sets; without it, taking it goes on with its value. */
  readonly sets?: { readonly name: string; readonly value: string }
}

const MOST = 12

/** What is typed, as a filter; undefined if it is free text. */
export function filterOf(
  fields: readonly FilterField[],
  typed: string,
): { readonly name: string; readonly value: string } | undefined {
  const colon = typed.indexOf(':')
  if (colon <= 0) return undefined
  const name = typed.slice(0, colon).trim()
  const value = typed.slice(colon + 1).trim()
  const field = fields.find((each) => each.name === name)
  if (field === undefined || value === '') return undefined
  return field.isClosed && !field.values?.includes(value) ? undefined : { name, value }
}

/** What completes what is typed: names of filters, then the values of one. */
export function suggestionsFor(fields: readonly FilterField[], typed: string): Suggestion[] {
  const text = typed.trimStart()
  const colon = text.indexOf(':')
  if (colon < 0) {
    const begun = text.toLowerCase()
    return fields
      .filter(({ name, title }) => [name, title].some((each) => each.toLowerCase().startsWith(begun)))
      .map(({ name, title }) => ({ text: `${name}:`, more: title }))
      .slice(0, MOST)
  }
  const field = fields.find(({ name }) => name === text.slice(0, colon).trim())
  const begun = text
    .slice(colon + 1)
    .trim()
    .toLowerCase()
  return (field?.values ?? [])
    .filter((value) => value.toLowerCase().startsWith(begun))
    .slice(0, MOST)
    .map((value) => ({
      text: `${field?.name}:${value}`,
      more: '',
      sets: { name: field?.name ?? '', value },
    }))
}

/** The parameters of an address that a page with these filters does not know. */
export function unknownNames(at: object, filters: readonly string[]): string[] {
  return Object.keys(at).filter((name) => !COMMON.has(name) && !filters.includes(name))
}

/** What every page may have in its address. */
const COMMON: ReadonlySet<string> = new Set(['page', 'project', 'item'])
