import type { VNode } from 'preact'
import { sessionState } from '../api/session.ts'
import { Frame } from './frame.tsx'
import { SignedOut } from './signed-out.tsx'

/** The page as a whole: signed in or not. */
export function App(): VNode | null {
  const state = sessionState.value
  if (state.kind === 'opening') return null
  return state.kind === 'out' ? <SignedOut why={state.why} /> : <Frame />
}
