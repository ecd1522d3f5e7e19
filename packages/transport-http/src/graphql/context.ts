import {
  NotFoundError,
  type Page,
  type Principal,
  type ProjectId,
  type Role,
  type RunId,
  type TaskId,
} from '@muster/core'
import type { Muster } from '@muster/host'
import { GRAPHQL_AUTHORITY, type Rule, type Scope } from '../access/authority.ts'
import { demand, type IdOf, limitThing, thingOf } from '../access/authorization.ts'
import { type Served, type Setup, setupOf } from '../served.ts'
import { type Connection, connectionOf, type Forward, pageRequest } from './connections.ts'
import { uuidOf } from './ids.ts'
import { type Loaders, loadersOf } from './loaders.ts'

/** What resolvers know: who is calling, and what was read for this operation already. */
export interface GraphqlContext {
  readonly muster: Muster
  readonly principal: Principal
  /** The role that the token claims. */
  readonly tokenRole: Role
  /** What is served here, on what, and by which rules. @throws UnavailableError */
  readonly setup: () => Promise<Setup>
  loaders: Loaders
}

export function graphqlContext(
  muster: Muster,
  served: Served,
  principal: Principal,
  tokenRole: Role,
): GraphqlContext {
  const setup = (): Promise<Setup> => setupOf(muster, served)
  return { muster, principal, tokenRole, setup, loaders: loadersOf(muster, principal) }
}

/**
 * Lets the caller through where the field's row of {@link GRAPHQL_AUTHORITY} does.
 * @returns the UUID that `id` names, or the key that it is
 * @throws NotFoundError, ForbiddenError
 */
export function allow(context: GraphqlContext, field: string, id = ''): Promise<string> {
  return allowBy(ruleOf(field), context, id)
}

/** The same by a rule in hand. */
export async function allowBy(rule: Rule, context: GraphqlContext, id = ''): Promise<string> {
  const { muster, principal, loaders } = context
  const { scope } = rule
  const uuid = isOfOne(scope) && scope !== 'limit' ? uuidOf(scope, id) : id
  if (uuid === undefined) throw new NotFoundError(scope, id)
  await demand(principal, rule, uuid, () => {
    if (scope === 'run') return loaders.run.load(uuid as RunId)
    if (scope === 'limit') return limitThing(muster, principal, rule, id)
    if (scope === 'task') return loaders.task.load(uuid as TaskId)
    return thingOf(muster, scope, uuid)
  })
  return uuid
}

/** For a field that is about the whole system unless it names a project. @throws ForbiddenError */
export async function allowSystem(context: GraphqlContext): Promise<void> {
  await allowBy({ scope: 'system', role: 'admin' }, context)
}

/** The same for a field about one thing. @returns the id of the thing */
export function allowOne<One extends keyof IdOf>(
  context: GraphqlContext,
  scope: One,
  field: string,
  id: string,
): Promise<IdOf[One]> {
  return allowOneBy(ruleOf(field), context, scope, id)
}

/** The same by a rule in hand. */
export async function allowOneBy<One extends keyof IdOf>(
  rule: Rule,
  context: GraphqlContext,
  scope: One,
  id: string,
): Promise<IdOf[One]> {
  if (rule.scope !== scope) throw new Error(`A rule about a ${rule.scope} says nothing of a ${scope}`)
  return (await allowBy(rule, context, id)) as IdOf[One]
}

/** Forgets what was read: mutations of one document run one after the other, and each sees what the one before did. */
export function readAnew(context: GraphqlContext): void {
  context.loaders = loadersOf(context.muster, context.principal)
}

/** A query answers null for what is unknown or foreign. */
export async function orNull<Thing>(read: () => Promise<Thing>): Promise<Thing | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof NotFoundError) return null
    throw error
  }
}

/** Resolves a list of a project as a field of that name, page by page. */
export function listOfProject<Node>(
  field: string,
  list: (
    muster: Muster,
    projectId: ProjectId,
    request: ReturnType<typeof pageRequest>,
  ) => Promise<Page<Node>>,
) {
  return (
    _root: unknown,
    { projectId, ...forward }: Forward & { readonly projectId: string },
    context: GraphqlContext,
  ): Promise<Connection<Node> | null> =>
    orNull(async () => {
      const id = await allowOne(context, 'project', field, projectId)
      return connectionOf(await list(context.muster, id, pageRequest(forward)), forward)
    })
}

export function ruleOf(field: string): Rule {
  const rule = GRAPHQL_AUTHORITY[field]
  if (rule === undefined) throw new Error(`${field} has no row in the authority table`)
  return rule
}

function isOfOne(scope: Scope): boolean {
  return scope !== 'self' && scope !== 'directory' && scope !== 'system'
}
