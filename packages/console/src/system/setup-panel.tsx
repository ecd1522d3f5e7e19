import type { VNode } from 'preact'
import { Panel } from '../design/panel.tsx'
import { figure } from '../design/time.ts'
import { keptWords, type Setup } from './data.ts'
import { WORDS } from './words.ts'

/** What is served, on what, and by which rules. */
export function SetupPanel({ setup }: { readonly setup: Setup }): VNode {
  const { version, database, issuers, keepEventsHours, keepDraftsDays, requestsPerMinute } = setup
  const rows: readonly (readonly [string, string])[] = [
    [WORDS.version, version],
    [WORDS.database, database?.server ?? WORDS.inMemory],
    ...(database === null
      ? []
      : [[WORDS.migrations, `${database.migrations}, last ${database.latestMigration}`] as const]),
    [WORDS.issuer, issuers.length === 0 ? WORDS.anyIssuer : issuers.join(', ')],
    [WORDS.facts, keptWords(keepEventsHours)],
    [WORDS.drafts, keptWords(24 * keepDraftsDays)],
    [WORDS.limit, requestsPerMinute === 0 ? WORDS.noLimit : figure(requestsPerMinute)],
  ]
  return (
    <Panel title={WORDS.setup}>
      <dl class="setup">
        {rows.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
