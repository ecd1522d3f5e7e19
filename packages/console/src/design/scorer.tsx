import type { VNode } from 'preact'
import { Field } from './field.tsx'

/** How a value is got from a result, as fields have it. */
export interface WishedScorer {
  readonly scorer: 'equals' | 'includes' | 'value'
  /** A pointer into the result. */
  readonly at: string
  /** A pointer into the scenario. */
  readonly to: string
}

/** The same as the API takes it. */
export function scoreOf({ scorer, at, to }: WishedScorer) {
  return scorer === 'value' ? { type: scorer, at } : { type: scorer, at, to: { scenario: to } }
}

interface ScorerFieldsProps {
  readonly wish: WishedScorer
  /** What is wrong at a member of the score. */
  readonly faultOf: (member: 'at' | 'to') => string | undefined
  readonly onChange: (change: Partial<WishedScorer>) => void
}

/** Asks how a value is got. */
export function ScorerFields({ wish: { scorer, at, to }, faultOf, onChange }: ScorerFieldsProps): VNode {
  return (
    <>
      <Field
        label="Score"
        value={scorer}
        onInput={(value) => onChange({ scorer: value as WishedScorer['scorer'] })}
        choices={[
          { value: 'equals', title: 'equals what the scenario says' },
          { value: 'includes', title: 'includes what the scenario says' },
          { value: 'value', title: 'is the number in the result' },
        ]}
      />
      <Field
        label="In the result at"
        value={at}
        onInput={(value) => onChange({ at: value })}
        fault={faultOf('at')}
      />
      {scorer !== 'value' && (
        <Field
          label="In the scenario at"
          value={to}
          onInput={(value) => onChange({ to: value })}
          fault={faultOf('to')}
        />
      )}
    </>
  )
}
