import type { StandardSchemaV1 } from '@standard-schema/spec'
import { JobValidationError } from '../errors.ts'
import { type Issue, type Json, pathOf } from '../json/json.ts'
import type { JobType } from './job.ts'

/**
 * A payload as its type's schema reads it. It is kept as it was given; the handler gets this. Only a schema that is itself
 * asynchronous makes the answer a promise.
 *
 * @throws JobValidationError naming each path behind `at`, such as `scenarios[3].payload.text`
 */
export function readPayload(
  type: JobType,
  payload: unknown,
  at: readonly PropertyKey[] = ['payload'],
): unknown {
  const result = type.payload['~standard'].validate(payload)
  return result instanceof Promise
    ? result.then((settled) => outputOf(settled, type, at))
    : outputOf(result, type, at)
}

/** The largest payload of a job that is added, in bytes as JSON, unless the host says otherwise: 256 KiB. */
export const MAX_PAYLOAD_BYTES = 256 * 1024

/** The most that a host may say: 1 MiB. */
export const MOST_PAYLOAD_BYTES = 1024 * 1024

/** @throws JobValidationError at `at` for a payload of more bytes, as JSON, than `most` */
export function assertSize(payload: Json, most: number, at: readonly PropertyKey[] = ['payload']): void {
  const bytes = Buffer.byteLength(JSON.stringify(payload))
  if (bytes <= most) return
  const message = `has ${bytes} bytes as JSON, and may have ${most}`
  throw new JobValidationError([{ path: pathOf(at), message }], 'The payload is too large')
}

function outputOf(
  result: StandardSchemaV1.Result<unknown>,
  type: JobType,
  at: readonly PropertyKey[],
): unknown {
  if (result.issues === undefined) return result.value
  throw new JobValidationError(
    result.issues.map((issue) => issueOf(issue, at)),
    `The payload is not what ${type.name} takes`,
  )
}

/** An issue of a schema, its path behind `at`. */
export function issueOf({ message, path = [] }: StandardSchemaV1.Issue, at: readonly PropertyKey[]): Issue {
  return {
    path: pathOf([...at, ...path.map((part) => (typeof part === 'object' ? part.key : part))]),
    message,
  }
}
