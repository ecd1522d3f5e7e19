import { parsed } from '../api/call.ts'

/** How a file is to be brought, as its fields have it. */
export interface Wish {
  /** `auto`: the one that it looks like. */
  readonly format: string
  /** Empty: the one that the file holds. */
  readonly target: string
  readonly name: string
  readonly jobType: string
  readonly mode: string
  readonly onConflict: string
  readonly idFrom: string
  readonly encoding: string
  readonly decimal: string
  readonly numbers: string
  /** Of a table: what a column is, if it is no text. */
  readonly types: Readonly<Record<string, string>>
  /** Further words to the reader, as JSON. */
  readonly more: string
}

/** The wish that one begins with, for a file of this name. */
export function freshWish(fileName: string): Wish {
  return {
    format: 'auto',
    target: '',
    name: nameOf(fileName),
    jobType: '',
    mode: 'atomic',
    onConflict: 'refuse',
    idFrom: '',
    encoding: '',
    decimal: '',
    numbers: '',
    types: {},
    more: '',
  }
}

const LONGEST_NAME = 200

/** The name of a file without what says its format. */
function nameOf(fileName: string): string {
  const bare = fileName.replace(/(?:\.(?:gz|zst))?$/i, '').replace(/\.[A-Za-z]\w{0,7}$/, '')
  return Array.from(bare.trim() === '' ? fileName : bare.trim())
    .slice(0, LONGEST_NAME)
    .join('')
}

/** The query of a wish, and what is wrong with the words to the reader. */
export function queryOf(
  wish: Wish,
  dryRun: boolean,
): { readonly query: Readonly<Record<string, string>>; readonly fault?: string } {
  const { mapping, fault } = mappingOf(wish)
  const text = mapping === undefined ? '{}' : JSON.stringify(mapping)
  const given = Object.entries({
    format: wish.format === 'auto' ? '' : wish.format,
    target: wish.target,
    name: wish.name.trim(),
    jobType: wish.jobType.trim(),
    mode: wish.mode,
    onConflict: wish.onConflict,
    dryRun: dryRun ? 'true' : '',
    mapping: text === '{}' ? '' : text,
  })
  return {
    query: Object.fromEntries(given.filter(([, value]) => value !== '')),
    ...(fault !== undefined && { fault }),
  }
}

function mappingOf({ more, types, ...wish }: Wish): { readonly mapping?: object; readonly fault?: string } {
  const { idFrom, encoding, decimal, numbers } = wish
  const own = Object.entries({ idFrom: idFrom.trim(), encoding, decimal, numbers })
  const typed = Object.entries(types).filter(([, type]) => type !== '')
  const fields = {
    ...Object.fromEntries(own.filter(([, value]) => value !== '')),
    ...(typed.length > 0 && { types: Object.fromEntries(typed) }),
  }
  if (more.trim() === '') return { mapping: fields }
  let given: unknown
  try {
    given = parsed(more)
  } catch (error) {
    return { fault: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { fault: 'must be a JSON object' }
  return { mapping: { ...given, ...fields } }
}
