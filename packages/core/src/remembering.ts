import { following, replacing } from './following.ts'
import type { FormStore } from './forms/form-store.ts'
import { Known } from './known.ts'
import type { Persistence, Stores } from './stores.ts'
import type { WorkflowStore } from './workflow/workflow-store.ts'

/** Forms kept in mind at most, and as many workflows; of more, those that were asked for last. */
const MOST = 500

/**
 * `persistence`, which reads each form and each workflow once: they never change. Those that a transaction has read are remembered once it has committed,
 * since it may have added them itself. They are given out frozen.
 */
export function remembering(persistence: Persistence): Persistence {
  const known = { forms: new Known<string, object>(MOST), workflows: new Known<string, object>(MOST) }
  const through = (stores: Stores, later?: (() => void)[]): Stores => {
    return {
      ...stores,
      forms: reading<FormStore>(stores.forms, known.forms, later),
      workflows: reading<WorkflowStore>(stores.workflows, known.workflows, later),
    }
  }
  const followed = following(persistence, () => {
    let later: (() => void)[] = []
    return {
      through: (stores) => {
        later = []
        return through(stores, later)
      },
      committed: () => {
        for (const remember of later) remember()
      },
    }
  })
  return { ...followed, stores: through(persistence.stores) }
}

/** `store`, whose `find` asks what is known first. It remembers what it learns at once, or by what is then in `later`. */
function reading<Store extends { find(id: never): Promise<object | undefined> }>(
  store: Store,
  known: Known<string, object>,
  later: (() => void)[] | undefined,
): Store {
  const find = async (id: string): Promise<object | undefined> => {
    const remembered = known.get(id)
    if (remembered) return remembered
    const found = await store.find(id as never)
    if (found === undefined) return undefined
    const frozen = structuredClone(found)
    freeze(frozen)
    if (later) later.push(() => known.set(id, frozen))
    else known.set(id, frozen)
    return frozen
  }
  return replacing(store, { find } as unknown as Partial<Store>)
}

/** Freezes a value with all that is in it. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const part of Object.values(value)) freeze(part)
  Object.freeze(value)
}
