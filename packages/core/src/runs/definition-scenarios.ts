import type { DefinitionId } from '../ids.ts'
import type { DefinitionStore } from './definition-store.ts'
import type { Scenario } from './run.ts'

/** Scenarios read from the store at a time. */
const PAGE = 1_000

/** All scenarios of a definition by place, a page in memory at a time. */
export async function* scenariosOf(
  definitions: Pick<DefinitionStore, 'listScenarios'>,
  definitionId: DefinitionId,
): AsyncGenerator<Scenario & { readonly place: number }, void> {
  for (let after: { readonly place: number } | undefined; ; ) {
    const page = await definitions.listScenarios(definitionId, { limit: PAGE, after })
    yield* page
    after = page.at(-1)
    if (page.length < PAGE) return
  }
}
