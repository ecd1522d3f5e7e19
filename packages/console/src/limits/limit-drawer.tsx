import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { useNow } from '../design/clock.ts'
import { Confirm } from '../design/confirm.tsx'
import { Drawer } from '../design/drawer.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { State } from '../design/state.tsx'
import { Trouble } from '../design/trouble.tsx'
import { usePolled } from '../feed/polled.ts'
import { useReading } from '../feed/reading.ts'
import { become, changed } from '../route/route.ts'
import {
  AGAIN_MS,
  hearLimits,
  isAfter,
  type Limit,
  lookOfLimit,
  mayChange,
  mostAtOnce,
  ofMost,
  settingsWords,
  told,
} from './data.ts'
import { LimitSettings } from './settings.tsx'
import { ORIGINS, WORDS } from './words.ts'

interface LimitDrawerProps {
  readonly limitKey: string
  readonly onMoved: () => unknown
}

/** All of one key: its use, its settings, and what can be done. */
export function LimitDrawer({ limitKey, onMoved }: LimitDrawerProps): VNode {
  const params = { key: limitKey }
  const reading = useReading(() => call('GET /limits/{key}', { params }))
  const asking = useSignal<'change' | 'cool' | 'reset' | undefined>(undefined)
  const seconds = useSignal('60')
  const refused = useSignal<Problem | undefined>(undefined)
  usePolled(reading.again, AGAIN_MS)
  useEffect(
    () =>
      hearLimits((event) => {
        const next = told(reading.value.peek(), event)
        if (next !== undefined) reading.put(next)
      }),
    [limitKey],
  )
  const now = useNow()
  const limit = reading.value.value
  const done = async (next?: Limit): Promise<void> => {
    if (next === undefined) await reading.again()
    else reading.put(next)
    await onMoved()
  }
  const warm = async (): Promise<void> => {
    refused.value = undefined
    try {
      await done(await call('POST /limits/{key}/warm', { params, body: {} }))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
    }
  }
  const close = (): void => {
    asking.value = undefined
  }
  return (
    <>
      <Drawer
        of={limitKey}
        title={<bdi>{limitKey}</bdi>}
        onClose={() => become(changed({ item: undefined }))}
        foot={
          limit !== undefined &&
          (mayChange(limitKey) ? (
            <>
              <Button onClick={() => (asking.value = 'change')}>{WORDS.change}</Button>
              {isAfter(limit.coolUntil, now) ? (
                <Button onClick={() => void warm()}>{WORDS.warm}</Button>
              ) : (
                <Button onClick={() => (asking.value = 'cool')}>{WORDS.cool}</Button>
              )}
              {limit.origin === 'api' && (
                <Button kind="quiet" onClick={() => (asking.value = 'reset')}>
                  {WORDS.reset}
                </Button>
              )}
              {refused.value !== undefined && <Trouble problem={refused.value} isInline />}
            </>
          ) : (
            <p class="quiet">{WORDS.theirs}</p>
          ))
        }
      >
        {reading.problem.value !== undefined && (
          <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
        )}
        {limit === undefined && reading.problem.value === undefined && <Loading rows={6} />}
        {limit !== undefined && <Whole limit={limit} now={now} />}
      </Drawer>
      {asking.value === 'change' && limit !== undefined && (
        <LimitSettings
          limit={limit}
          onSaved={async (saved) => {
            await done(saved)
            close()
          }}
          onClose={close}
        />
      )}
      {asking.value === 'cool' && (
        <Confirm
          title={`${WORDS.coolDeed} ${limitKey}`}
          deed={WORDS.coolDeed}
          isOff={seconds.value.trim() === ''}
          act={async () =>
            done(await call('POST /limits/{key}/cool', { params, body: { seconds: Number(seconds.peek()) } }))
          }
          onClose={close}
        >
          <p>{WORDS.coolSays}</p>
          <Field
            label={WORDS.coolFor}
            unit="seconds"
            help={WORDS.coolHelp}
            value={seconds.value}
            onInput={(value) => (seconds.value = value)}
          />
        </Confirm>
      )}
      {asking.value === 'reset' && (
        <Confirm
          title={WORDS.resetTitle}
          deed={WORDS.resetDeed}
          isDanger
          act={async () => {
            await call('DELETE /limits/{key}', { params })
            await done()
          }}
          onClose={close}
        >
          <p>
            <bdi>{limitKey}</bdi>. {WORDS.resetSays}
          </p>
        </Confirm>
      )}
    </>
  )
}

function Whole({ limit, now }: { readonly limit: Limit; readonly now: number }): VNode {
  const { inUse, origin, perMinute, startsLastMinute, unitsLastMinute, unitsPerMinute, waiting } = limit
  const settings = settingsWords(limit)
  return (
    <>
      <p class="limit-line">
        <State look={lookOfLimit(limit, now)} isPill />
        <span class="quiet">{ORIGINS[origin]}</span>
      </p>
      <Panel title={WORDS.now}>
        <Facts
          rows={[
            ['In use', ofMost(inUse, mostAtOnce(limit))],
            ['Starts, last minute', ofMost(startsLastMinute, perMinute)],
            ['Units, last minute', ofMost(unitsLastMinute, unitsPerMinute)],
            ['Waiting', ofMost(waiting, null)],
          ]}
        />
      </Panel>
      <Panel title={WORDS.settings}>
        {settings.length === 0 ? <p class="quiet panel-body">{WORDS.open}</p> : <Facts rows={settings} />}
      </Panel>
    </>
  )
}

function Facts({ rows }: { readonly rows: readonly (readonly [string, string])[] }): VNode {
  return (
    <dl class="limit-facts">
      {rows.map(([title, words]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  )
}
