import type { Page } from '@muster/core'
import { DEFAULT_PAGE } from '@muster/core/schemas'

/** What a list is asked in GraphQL. */
export interface Forward {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/** A page as a Relay connection. */
export interface Connection<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

/** The same as core is asked. */
export function pageRequest({ first, after }: Forward): { limit?: number; cursor?: string; cursors: true } {
  return {
    ...(first == null ? {} : { limit: first }),
    ...(after == null ? {} : { cursor: after }),
    cursors: true,
  }
}

export function connectionOf<Node>(
  { items, cursors = [], nextCursor }: Page<Node>,
  { after }: Forward,
): Connection<Node> {
  return {
    edges: items.map((node, index) => ({ cursor: cursors[index] ?? '', node })),
    pageInfo: {
      hasNextPage: nextCursor !== null,
      hasPreviousPage: after != null,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  }
}

/** A connection costs what its page may hold. */
export function costOfPage({ first }: Forward): { field: number; multiplier: number } {
  return { field: 1, multiplier: first ?? DEFAULT_PAGE }
}
