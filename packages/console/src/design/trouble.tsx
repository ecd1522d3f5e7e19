import type { VNode } from 'preact'
import type { Problem } from '../api/call.ts'
import { Button } from './button.tsx'
import './said.css'

interface TroubleProps {
  readonly problem: Problem
  readonly onAgain?: (() => void) | undefined
  /** Beside the deed that was refused, in place of where content would stand. */
  readonly isInline?: boolean
}

/** An error where the content would be: what it is, how to name it to others, and Again. */
export function Trouble({ problem, onAgain, isInline = false }: TroubleProps): VNode {
  const { detail, code, requestId } = problem
  return (
    <div class={isInline ? 'trouble inline' : 'trouble'} role="alert">
      <p>{/[.!?]$/.test(detail) ? detail : `${detail}.`}</p>
      {problem.errors?.map(({ path, message }) => (
        <p key={`${path}${message}`}>
          <code>{path === '' ? '/' : path}</code> {message}
        </p>
      ))}
      <p class="quiet">
        {code}
        {requestId !== undefined && ` · ${requestId}`}
      </p>
      {onAgain && (
        <div class="deeds">
          <Button onClick={onAgain}>Again</Button>
        </div>
      )}
    </div>
  )
}
