/** Ids of the things that a caller may ask for, by the names of parameters. */
export type Things = Readonly<Record<string, string>>

interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly schema?: { readonly enum?: readonly string[] }
  }[]
}

/** Every address below `base` that the document tells of to be read, with these ids, and each with every parameter that has a few values, or asks for a thing. */
export function addressesOf(
  base: string,
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>,
  things: Things,
): string[] {
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (get === undefined) return []
    const [, collection = ''] = path.split('/')
    const address = (base + path).replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => things[name === 'id' ? collection : name] ?? 'unknown',
    )
    const queries = (get.parameters ?? [])
      .filter((parameter) => parameter.in === 'query')
      .flatMap(({ name, schema }) => {
        const thing = things[name]
        const values = schema?.enum ?? (thing === undefined ? [] : [thing])
        return values.map((value) => `${name}=${encodeURIComponent(value)}`)
      })
    return [address, ...queries.map((query) => `${address}?${query}`)]
  })
}

interface TypeRef {
  readonly kind: string
  readonly name: string | null
  readonly ofType: TypeRef | null
}

interface Field {
  readonly name: string
  readonly args: readonly { readonly name: string; readonly type: TypeRef }[]
  readonly type: TypeRef
}

/** The types of a schema, as it tells of itself. */
export type Types = readonly {
  readonly name: string
  readonly kind: string
  readonly fields: readonly Field[] | null
}[]

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }'

/** Asks a schema for its types. */
export const WHICH_TYPES = `{ __schema { types { name kind fields { name args { name type { ${TYPE} } } type { ${TYPE} } } } } }`

/** A document for each query that these ids answer, with all that hangs on it. */
export function documentsOf(types: Types, things: Things): string[] {
  const byName = new Map(types.map((type) => [type.name, type]))
  const selection = (name: string, depth: number): string => {
    const fields = byName.get(name)?.fields ?? []
    const chosen = fields.flatMap((field) => {
      if (field.args.some(({ type }) => type.kind === 'NON_NULL')) return []
      const inner = named(field.type)
      if (byName.get(inner)?.fields == null) return byName.get(inner)?.kind === 'UNION' ? [] : [field.name]
      // Lists count as long as they may be.
      if (depth === 0 || inner.endsWith('Connection')) return []
      const within = selection(inner, depth - 1)
      return within === '' ? [] : [`${field.name} ${within}`]
    })
    return chosen.length === 0 ? '' : `{ ${chosen.join(' ')} }`
  }
  return (byName.get('Query')?.fields ?? []).flatMap((field) => {
    const given = field.args.flatMap(({ name, type }) => {
      const id = things[name === 'id' ? field.name : name]
      if (id === undefined) return type.kind === 'NON_NULL' ? [undefined] : []
      return [`${name}: ${JSON.stringify(id)}`]
    })
    if (given.includes(undefined)) return []
    const few = field.args.some(({ name }) => name === 'first') ? ['first: 3'] : []
    const said = [...given, ...few]
    const args = said.length === 0 ? '' : `(${said.join(', ')})`
    return [`{ ${field.name}${args} ${selection(named(field.type), 3)} }`]
  })
}

function named({ name, ofType }: TypeRef): string {
  return name ?? (ofType === null ? '' : named(ofType))
}
