import { type Issue, MusterError } from '@muster/client'
import { ToolRefusedError } from './tool.ts'

/** What an assistant is told of a call that did not do what it should. */
export interface Failure {
  /** Of Muster, such as `not_found`; `internal` if it is a fault of this program. */
  readonly code: string
  readonly message: string
  /** Each fault of the input, by its place. */
  readonly issues?: readonly Issue[]
  /** By which the log of Muster's server tells of the call. */
  readonly requestId?: string
}

/** What may be told of an error: no stack, and no text but that of Muster or of this package. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ToolRefusedError) {
    const { code, message, issues } = error
    return { code, message, issues }
  }
  // An answer that is no JSON, and one that is none of Muster's.
  if (error instanceof SyntaxError) return { code: 'no_problem', message: NO_MUSTER }
  if (!(error instanceof MusterError))
    return { code: 'internal', message: 'This tool has failed; the log of the MCP server says why' }
  const { code, message, status, issues, requestId } = error
  if (code === 'no_problem') return { code, message: `${NO_MUSTER} (status ${status})` }
  return {
    code,
    message,
    ...(issues.length > 0 && { issues }),
    ...(requestId !== undefined && { requestId }),
  }
}

const NO_MUSTER = "The address is none of a Muster server: it answers with what is none of Muster's"
