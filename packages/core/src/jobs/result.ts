import { type Issue, type Json, pathOf } from '../json/json.ts'
import type { JobError, JobType } from './job.ts'
import { issueOf } from './payload.ts'

/** The faults that the type's schema of results finds in this one, each path behind `result`; none if the type has no such schema. */
export async function resultIssues(type: JobType, result: unknown): Promise<readonly Issue[]> {
  const read = await type.result?.['~standard'].validate(result)
  return (read?.issues ?? []).map((issue) => issueOf(issue, ['result']))
}

/** The error of a job whose result cannot be kept, or is not one of its type. */
export function invalidResult(issues: readonly Issue[]): JobError {
  const message = issues.map(({ path, message: why }) => `${path} ${why}`).join('; ')
  return { code: 'invalid_result', message, retryable: false }
}

/** The largest result, in bytes as JSON: 1 MiB. */
const MAX_RESULT_BYTES: number = 1024 * 1024

/** The fault of a result that has more bytes, as JSON, than {@link MAX_RESULT_BYTES}. */
export function sizeIssues(result: Json): readonly Issue[] {
  const bytes = Buffer.byteLength(JSON.stringify(result))
  if (bytes <= MAX_RESULT_BYTES) return []
  return [
    { path: pathOf(['result']), message: `has ${bytes} bytes as JSON, and may have ${MAX_RESULT_BYTES}` },
  ]
}
