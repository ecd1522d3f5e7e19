import { ValidationError } from '../errors.ts'
import type { Metric } from './metric.ts'

/** A value as its metric takes it. @throws ValidationError naming the metric and the scenario of one that it cannot have */
export function checkedValue(
  value: number,
  { kind, range }: Metric,
  index: number,
  scenarioId: string,
): number {
  const refuse = (member: string, message: string): ValidationError =>
    new ValidationError([{ path: `metrics[${index}].${member}`, message }])
  if (kind === 'binary' && value !== 0 && value !== 1)
    throw refuse('kind', `is binary, and scenario ${scenarioId} came to ${value}`)
  if (range !== undefined && (value < range[0] || value > range[1])) {
    const [least, most] = range
    throw refuse('range', `is ${least} to ${most}, and scenario ${scenarioId} came to ${value}`)
  }
  return value
}
