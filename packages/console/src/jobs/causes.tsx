import type { VNode } from 'preact'
import { Button } from '../design/button.tsx'
import { Panel } from '../design/panel.tsx'
import { figure } from '../design/time.ts'
import { become, changed, hrefOf, route } from '../route/route.ts'
import type { Cause } from './data.ts'
import { WORDS } from './words.ts'

const PARTS = ['60 to 50', '50 to 40', '40 to 30', '30 to 20', '20 to 10', '10 to 0']

/** Why jobs fail: one line a cause, most failed first, each with its last hour. */
export function Causes({ causes }: { readonly causes: readonly Cause[] }): VNode {
  const { cause } = route.value
  const most = Math.max(1, ...causes.flatMap(({ lastHour }) => lastHour))
  return (
    <Panel title={WORDS.causes} class="causes" more={causes.length > 0 ? WORDS.causesOf : undefined}>
      {causes.length === 0 && (
        <p class="good-news">
          {WORDS.causesNone}, {WORDS.causesNoneMore}
        </p>
      )}
      <ul>
        {causes.map(({ causeId, code, pattern, failed, lastHour, sample, type }) => {
          const isOn = cause === String(causeId)
          const to = changed(
            isOn ? { cause: undefined } : { cause: String(causeId), state: 'failed', item: undefined },
          )
          return (
            <li key={causeId}>
              <a class="cause" href={hrefOf(to)} aria-current={isOn ? 'true' : undefined} title={sample}>
                <b>{code}</b>
                <span class="pattern">{pattern}</span>
                <span class="of-type">{type}</span>
                <Hour parts={lastHour} most={most} />
                <span class="failed-now">{figure(failed)}</span>
              </a>
            </li>
          )
        })}
      </ul>
      {cause !== undefined && (
        <Button kind="quiet" onClick={() => become(changed({ cause: undefined }))}>
          {WORDS.everyCause}
        </Button>
      )}
    </Panel>
  )
}

function Hour({ parts, most }: { readonly parts: readonly number[]; readonly most: number }): VNode {
  const sum = parts.reduce((before, n) => before + n, 0)
  return (
    <span class="hour" role="img" aria-label={`${sum} in the last hour`}>
      {parts.map((n, part) => (
        <i
          key={PARTS[part]}
          title={`${n}, ${PARTS[part]} minutes ago`}
          style={{ height: `${Math.max(n === 0 ? 1 : 3, (n / most) * 16)}px` }}
        />
      ))}
    </span>
  )
}
