import { batch, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { Trouble } from '../design/trouble.tsx'
import { findLimit, type Limit, merged, settingsOf, type Texts, textsOf } from './data.ts'
import { NUMBERS, WORDS } from './words.ts'

type NumberName = keyof typeof NUMBERS

interface SettingsProps {
  /** The key that is changed; without it one is named here. */
  readonly limit?: Limit | undefined
  /** The beginning of a key that is named here. */
  readonly begin?: string
  /** It is saved: the dialog is over. */
  readonly onSaved: (limit: Limit) => unknown
  readonly onClose: () => void
}

/** The settings of a key, each with its rule, saved on top of the version that was read. */
export function LimitSettings({ limit, begin = '', onSaved, onClose }: SettingsProps): VNode {
  /** The key that the fields are changes of. */
  const base = useSignal(limit)
  const key = useSignal(limit?.key ?? begin)
  const texts = useSignal(textsOf(limit))
  const notice = useSignal<string | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const rebase = (fresh: Limit | undefined, says: string): void =>
    batch(() => {
      texts.value = merged(texts.peek(), textsOf(base.peek()), textsOf(fresh))
      base.value = fresh
      notice.value = says
    })
  const put = async (): Promise<void> => {
    const named = key.peek().trim()
    if (base.peek()?.key !== named) {
      const found = await findLimit(named)
      // A key that jobs have and nobody has limited is as good as a new one.
      if (found?.origin === 'api') return rebase(found, WORDS.exists)
      base.value = found
    }
    try {
      const saved = await call(
        'PUT /limits/{key}',
        { params: { key: named }, body: settingsOf(texts.peek()) as never },
        { version: base.peek()?.version ?? null },
      )
      await onSaved(saved)
    } catch (error) {
      if (!(error instanceof CallError) || error.problem.code !== 'version_conflict') throw error
      rebase(await findLimit(named), WORDS.stale)
    }
  }
  const save = async (): Promise<void> => {
    batch(() => {
      problem.value = undefined
      notice.value = undefined
      isBusy.value = true
    })
    try {
      await put()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    } finally {
      isBusy.value = false
    }
  }
  const set = (name: keyof Texts, value: string): void => {
    texts.value = { ...texts.peek(), [name]: value }
  }
  const faultOf = (name: string): string | undefined =>
    problem.value?.errors?.find(({ path }) => placeOf(path) === name)?.message
  const isAllSaid = problem.value?.errors?.every(({ path }) => PLACES.has(placeOf(path))) ?? false
  return (
    <Dialog title={limit?.key ?? WORDS.setTitle} onClose={onClose}>
      {limit === undefined && (
        <Field
          label={WORDS.key}
          help={WORDS.keyHelp}
          value={key.value}
          fault={faultOf('key')}
          onInput={(value) => (key.value = value)}
        />
      )}
      <div class="limit-fields">
        {(Object.entries(NUMBERS) as [NumberName, (typeof NUMBERS)[NumberName]][]).map(
          ([name, { title, unit, help }]) => (
            <Field
              key={name}
              label={title}
              unit={unit}
              help={help}
              value={texts.value[name]}
              fault={faultOf(name)}
              onInput={(value) => set(name, value)}
            />
          ),
        )}
        <Field
          label={WORDS.paused}
          help={WORDS.pausedHelp}
          value={texts.value.paused}
          onInput={(value) => set('paused', value)}
          choices={[
            { value: 'no', title: 'No' },
            { value: 'yes', title: 'Yes' },
          ]}
        />
      </div>
      {notice.value !== undefined && (
        <div class="trouble inline" role="alert">
          <p>{notice.value}</p>
        </div>
      )}
      {problem.value !== undefined && !isAllSaid && <Trouble problem={problem.value} isInline />}
      <div class="deeds">
        <Button kind="primary" disabled={isBusy.value || key.value.trim() === ''} onClick={() => void save()}>
          {WORDS.save}
        </Button>
      </div>
    </Dialog>
  )
}

/** The field that shows a fault: one of `adaptive` as a whole stands beside its first. */
const placeOf = (path: string): string => (path === 'adaptive' ? 'adaptive.min' : path)

const PLACES: ReadonlySet<string> = new Set([...Object.keys(NUMBERS), 'key'])
