import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { me } from '../api/session.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { figures, PlainTable } from '../design/plain-table.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { microsOf, money, type Price } from './data.ts'
import { WORDS } from './words.ts'

/** Prices that are read at once. */
const MOST = 200

/** What models cost, the latest first; admins set more. */
export function Prices(): VNode {
  const reading = useReading(async () => (await call('GET /prices', { query: { limit: MOST } })).items)
  useEffect(() => void reading.again(), [])
  const isAsking = useSignal(false)
  const prices = reading.value.value
  return (
    <>
      {me.value?.role === 'admin' && (
        <div class="usage-deeds">
          <Button icon="add" kind="primary" onClick={() => (isAsking.value = true)}>
            {WORDS.setPrice}
          </Button>
        </div>
      )}
      {reading.problem.value !== undefined && (
        <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
      )}
      {prices === undefined ? (
        reading.problem.value === undefined && <Loading rows={4} />
      ) : prices.length === 0 ? (
        <Empty title={WORDS.noPrices}>{WORDS.noPricesMore}</Empty>
      ) : (
        <Panel title={WORDS.prices} more="for a million tokens">
          <PlainTable<Price>
            label={WORDS.prices}
            rows={prices}
            keyOf={({ model, from }) => `${model} ${from}`}
            columns={[
              { id: 'model', title: WORDS.model, draw: ({ model }) => <bdi>{model}</bdi> },
              { id: 'from', title: WORDS.since, draw: ({ from }) => <Ago at={from} /> },
              figures('input', WORDS.inputPrice, ({ inputMicros }) => money(inputMicros)),
              figures('output', WORDS.outputPrice, ({ outputMicros }) => money(outputMicros)),
              figures('cached', WORDS.cachedPrice, ({ cachedMicros }) => money(cachedMicros)),
              figures('cacheWrite', WORDS.cacheWritePrice, ({ cacheWriteMicros }) => money(cacheWriteMicros)),
            ]}
          />
        </Panel>
      )}
      {isAsking.value && <NewPrice onSaved={reading.again} onClose={() => (isAsking.value = false)} />}
    </>
  )
}

interface NewPriceProps {
  readonly onSaved: () => Promise<void>
  readonly onClose: () => void
}

const AMOUNTS = {
  inputMicros: WORDS.inputPrice,
  outputMicros: WORDS.outputPrice,
  cachedMicros: WORDS.cachedPrice,
  cacheWriteMicros: WORDS.cacheWritePrice,
} as const

function NewPrice({ onSaved, onClose }: NewPriceProps): VNode {
  const texts = useSignal<Readonly<Record<string, string>>>({})
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const text = (name: string): string => texts.value[name] ?? ''
  const set = (name: string, value: string): void => {
    texts.value = { ...texts.peek(), [name]: value }
    problem.value = undefined
  }
  const faultOf = (name: string): string | undefined => {
    if (name in AMOUNTS && text(name) !== '' && microsOf(text(name)) === undefined) return WORDS.amount
    return problem.value?.errors?.find(({ path }) => path.endsWith(`.${name}`))?.message
  }
  const isReady =
    text('model').trim() !== '' &&
    ['inputMicros', 'outputMicros'].every((name) => microsOf(text(name)) !== undefined) &&
    Object.keys(AMOUNTS).every((name) => text(name) === '' || microsOf(text(name)) !== undefined)
  const save = async (): Promise<void> => {
    isBusy.value = true
    try {
      const amounts = Object.keys(AMOUNTS).flatMap((name) =>
        text(name) === '' ? [] : [[name, microsOf(text(name))] as const],
      )
      const from = text('from') === '' ? new Date() : new Date(text('from'))
      const item = { model: text('model').trim(), from: from.toISOString(), ...Object.fromEntries(amounts) }
      await call('PUT /prices', { body: { items: [item] } as never })
      await onSaved()
      onClose()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    } finally {
      isBusy.value = false
    }
  }
  return (
    <Dialog title={WORDS.setPriceTitle} onClose={onClose}>
      <div class="fields">
        <Field
          label={WORDS.model}
          value={text('model')}
          fault={faultOf('model')}
          onInput={(value) => set('model', value)}
        />
        <Field
          label={WORDS.since}
          type="datetime-local"
          help={WORDS.sinceHelp}
          value={text('from')}
          fault={faultOf('from')}
          onInput={(value) => set('from', value)}
        />
      </div>
      <div class="fields">
        {Object.entries(AMOUNTS).map(([name, title]) => (
          <Field
            key={name}
            label={title}
            unit={WORDS.perMillion}
            value={text(name)}
            fault={faultOf(name)}
            onInput={(value) => set(name, value)}
            {...(name.startsWith('cache') && { help: WORDS.asInput })}
          />
        ))}
      </div>
      {problem.value !== undefined && problem.value.errors === undefined && (
        <Trouble problem={problem.value} isInline />
      )}
      <div class="deeds">
        <Button kind="primary" disabled={isBusy.value || !isReady} onClick={() => void save()}>
          {WORDS.save}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Not now
        </Button>
      </div>
    </Dialog>
  )
}
