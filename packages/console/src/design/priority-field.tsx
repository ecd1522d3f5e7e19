import type { VNode } from 'preact'
import { Field } from './field.tsx'
import { priorityOf } from './priority.ts'

/** A priority as it is typed. */
export function PriorityField({
  value,
  onInput,
}: {
  readonly value: string
  readonly onInput: (value: string) => void
}): VNode {
  return (
    <Field
      label="Priority"
      type="number"
      value={value}
      onInput={onInput}
      help="−1000 to 1000; what is higher goes first."
      fault={priorityOf(value) === undefined ? 'must be a whole number from −1000 to 1000' : undefined}
    />
  )
}
