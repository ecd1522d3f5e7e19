import type { Form } from '@muster/core/forms'

const nameOf = ({ formId }: Form): string => `muster:instructions:${formId}`

/** Whether this browser has shown the instructions of this version of the form. */
export function instructionsSeen(form: Form): boolean {
  return localStorage.getItem(nameOf(form)) !== null
}

/** Notes that it has. */
export function sawInstructions(form: Form): void {
  localStorage.setItem(nameOf(form), '1')
}
