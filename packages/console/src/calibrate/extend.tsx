import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { CallError, call } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Confirm } from '../design/confirm.tsx'
import { Field } from '../design/field.tsx'
import { figure } from '../design/time.ts'
import type { Calibration } from './data.ts'
import { numberIn } from './wish.ts'
import { WORDS } from './words.ts'

interface ExtendProps {
  readonly calibration: Calibration
  readonly onDone: (now: Calibration) => void
  readonly onClose: () => void
}

/** Asks for a larger budget. */
export function Extend({
  calibration: { calibrationId, budget: now, units },
  onDone,
  onClose,
}: ExtendProps): VNode {
  const budget = useSignal(String(Math.min(units, 2 * now)))
  const fault = useSignal<string | undefined>(undefined)
  const once = useOnce()
  return (
    <Confirm
      title="Extend the calibration"
      deed={`Draw up to ${budget.value} units`}
      act={async () => {
        const body = { budget: numberIn(budget.value) }
        try {
          fault.value = undefined
          const params = { id: calibrationId }
          onDone(await once(body, (key) => call('POST /calibrations/{id}/extend', { params, body }, { key })))
        } catch (error) {
          if (error instanceof CallError) fault.value = error.problem.errors?.[0]?.message
          throw error
        }
      }}
      onClose={onClose}
    >
      <p>{WORDS.extendMore}</p>
      <Field
        label="Budget"
        unit={`units of ${figure(units)}`}
        help={`It is ${figure(now)} now`}
        value={budget.value}
        onInput={(typed) => (budget.value = typed)}
        fault={fault.value}
      />
    </Confirm>
  )
}
