import type { PGlite } from '@electric-sql/pglite'
import { escapeLiteral } from 'pg'
import type { Statement } from './queryable.ts'
import { PGLITE_OPTIONS, textsOf } from './values.ts'

/** What runs statements: a PGlite, or a transaction of one. */
type Runner = Pick<PGlite, 'query' | 'exec'>

const EXISTS = '42P05'

/**
 * Statements that an embedded database prepares, each once, and plans no more than a server would. PGlite itself has no statements with names, and
 * plans every call anew, which takes longer than most of them run.
 */
export class PGliteStatements {
  readonly #prepared = new Set<string>()

  async run<Row extends object>(
    on: Runner,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ rows: Row[] }> {
    const name = `"muster_${statement.name}"`
    if (!this.#prepared.has(name)) await this.#prepare(on, name, statement)
    const literals = textsOf(values).map((value) => (value === null ? 'null' : escapeLiteral(value)))
    const given = literals.length > 0 ? ` (${literals.join(', ')})` : ''
    return on.query<Row>(`execute ${name}${given}`, [], PGLITE_OPTIONS)
  }

  /** Somebody else may just have done it. In a transaction, which a refusal would end, nobody can between the question and the answer. */
  async #prepare(on: Runner, name: string, { name: plain, text }: Statement): Promise<void> {
    const { rows } = await on.query('select from pg_prepared_statements where name = $1', [`muster_${plain}`])
    try {
      if (rows.length === 0) await on.exec(`prepare ${name} as ${text}`)
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== EXISTS) throw error
    }
    this.#prepared.add(name)
  }
}
