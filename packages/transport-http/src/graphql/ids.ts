import { type Issue, isUuid, ValidationError } from '@muster/core'
import type { Scope } from '../access/authority.ts'

/** What things of a scope are called as nodes. */
const TYPES: Partial<Readonly<Record<Scope, string>>> = {
  run: 'Run',
  definition: 'Definition',
  task: 'Task',
  assignment: 'Assignment',
  item: 'QueueItem',
}

/** A thing's Relay id: unique among all nodes, and to be taken as it is. */
export function nodeId(type: string, uuid: string): string {
  return Buffer.from(`${type}:${uuid}`).toString('base64url')
}

/** What a Relay id names. @throws ValidationError where it is none */
export function readNodeId(id: string): { typename: string; id: string } {
  const [typename = '', uuid = '', ...rest] = Buffer.from(id, 'base64url').toString('utf8').split(':')
  const isNode = Object.values(TYPES).includes(typename) && isUuid(uuid) && rest.length === 0
  if (!isNode) {
    const issue: Issue = { path: 'id', message: 'is not the id of a node' }
    throw new ValidationError([issue])
  }
  return { typename, id: uuid.toLowerCase() }
}

/** The UUID of a thing that is named by it, or by its Relay id; `undefined` where the id names nothing of this scope. */
export function uuidOf(scope: Scope, id: string): string | undefined {
  if (isUuid(id)) return id.toLowerCase()
  try {
    const node = readNodeId(id)
    return node.typename === TYPES[scope] ? node.id : undefined
  } catch {
    return undefined
  }
}

/** Whether a node has this field, which only things of its type have. */
export function has(node: unknown, field: string): boolean {
  return typeof node === 'object' && node !== null && field in node
}
