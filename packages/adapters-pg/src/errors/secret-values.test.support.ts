import { inspect } from 'node:util'
import type { Backend } from '../connection/backend.ts'
import type { Connection } from '../connection/queryable.ts'

/** What nobody may read in an error. */
const VALUE = 'carried-77ab01c4'

const SETUP = `
  create table kept (id text primary key, n integer check (n > 0), short varchar(3), other text not null);
  insert into kept values ('${VALUE}', 1, 'a', 'b')`

/** Statements that fail over a value, each in another way. */
const FAILING: Readonly<Record<string, readonly [text: string, ...values: unknown[]]>> = {
  'no number': ['select $1::text::integer', VALUE],
  'no number, with quotes': ['select $1::text::integer', `"${VALUE}" "`],
  'no moment': ['select $1::text::timestamptz', VALUE],
  'no UUID': ['select $1::text::uuid', VALUE],
  'no JSON': ['select $1::text::jsonb', `{"a": ${VALUE}}`],
  'no such key': ['select $1::text::jsonb', `{"${VALUE}": [}`],
  'no pattern': ["select 'a' ~ $1", `(${VALUE}`],
  'a number that is too large': ['select $1::text::smallint', '77010477'],
  'a text that is too long': ["insert into kept values ('x', 1, $1, 'b')", VALUE],
  'a taken key': ["insert into kept values ($1, 1, 'a', 'b')", VALUE],
  'a broken check': ["insert into kept values ('y', -1, 'a', $1)", VALUE],
  'a missing value': ["insert into kept values ($1, 1, 'a', null)", `${VALUE}2`],
  'a word in SQL': [`select '${VALUE}' from nowhere where $1 = 1`, 1],
  'a value of another kind': ['select $1::integer', VALUE],
}

/** Fails in every way, as a statement, in a transaction and in a script, and names the ways whose error tells a value, or that did not fail. */
export async function tellingFailures(backend: Backend): Promise<readonly string[]> {
  await backend.script((_, run) => run(SETUP))
  const telling: string[] = []
  const fail = async (what: string, failing: () => Promise<unknown>): Promise<void> => {
    const error: unknown = await failing().catch((thrown: unknown) => thrown)
    const all = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`
    const isTold = [VALUE, '77010477'].some((value) => all.includes(value))
    if (isTold || !(error instanceof Error)) telling.push(`${what}: ${all}`)
  }
  for (const [what, [text, ...values]] of Object.entries(FAILING)) {
    const ask = (connection: Connection): Promise<unknown> =>
      connection.rows({ name: `fail ${what}`, text }, values)
    await fail(what, () => ask(backend.root))
    await fail(`${what} in a transaction`, () => backend.transaction(ask))
  }
  const again = `insert into kept values ('${VALUE}', 1, 'a', 'b')`
  await fail('a script', () => backend.script((_, run) => run(again)))
  return telling
}
