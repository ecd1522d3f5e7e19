/** The times of a submission, as far as they can be read, in UTC. */
export function submissionTimes(
  submittedAt: unknown,
  leadSeconds: unknown,
): { readonly submittedAt?: string; readonly startedAt?: string } {
  const end = instantOf(submittedAt)
  if (end === undefined) return {}
  const lead = typeof leadSeconds === 'number' && leadSeconds >= 0 ? leadSeconds : undefined
  return {
    submittedAt: new Date(end).toISOString(),
    ...(lead !== undefined && { startedAt: new Date(end - lead * 1000).toISOString() }),
  }
}

/** A time in milliseconds, undefined for none that can be read. */
function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}
