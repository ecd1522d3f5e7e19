import type { VNode } from 'preact'
import './state.css'

/** The shapes of states, so that no colour alone says one. */
export type Shape = 'ring' | 'arc' | 'check' | 'cross' | 'clock' | 'bars' | 'slash' | 'mark'

/** How a state looks: its shape, its word and what its colour says. */
export interface Look {
  readonly shape: Shape
  readonly word: string
  readonly tone: Tone
}

/** What a colour says. */
export type Tone = 'active' | 'done' | 'failed' | 'wait' | 'rest'

const look = (shape: Shape, word: string, tone: Tone): Look => ({ shape, word, tone })

/** The states of everything that has one, as the API names them. */
export const LOOKS = {
  task: {
    open: look('ring', 'open', 'rest'),
    completed: look('check', 'completed', 'done'),
    cancelled: look('slash', 'cancelled', 'rest'),
  },
  /** A step of an open task. */
  step: {
    free: look('ring', 'free', 'rest'),
    held: look('arc', 'at work', 'active'),
    resting: look('clock', 'rests', 'wait'),
    nobody: look('mark', 'nobody can', 'failed'),
  },
  job: {
    pending: look('ring', 'pending', 'rest'),
    active: look('arc', 'at work', 'active'),
    completed: look('check', 'completed', 'done'),
    failed: look('cross', 'failed', 'failed'),
    cancelled: look('slash', 'cancelled', 'rest'),
  },
  run: {
    pending: look('ring', 'not begun', 'rest'),
    running: look('arc', 'running', 'active'),
    paused: look('bars', 'paused', 'wait'),
    completed: look('check', 'completed', 'done'),
    failed: look('cross', 'failed', 'failed'),
    cancelled: look('slash', 'cancelled', 'rest'),
  },
  calibration: {
    labelling: look('arc', 'labelling', 'active'),
    complete: look('check', 'complete', 'done'),
    cancelled: look('slash', 'cancelled', 'rest'),
  },
  person: {
    active: look('check', 'active', 'done'),
    away: look('clock', 'away', 'wait'),
    suspended: look('slash', 'suspended', 'failed'),
    paused: look('bars', 'paused', 'wait'),
  },
  assignment: {
    assigned: look('ring', 'assigned', 'rest'),
    accepted: look('ring', 'accepted', 'rest'),
    in_progress: look('arc', 'at work', 'active'),
    submitted: look('check', 'submitted', 'done'),
    rejected: look('cross', 'skipped', 'rest'),
    expired: look('clock', 'lapsed', 'wait'),
    reassigned: look('slash', 'given back', 'rest'),
  },
} as const satisfies Record<string, Record<string, Look>>

/** How a state looks; one that is not known looks like its name. */
export function lookOf(kind: keyof typeof LOOKS, state: string): Look {
  const looks: Readonly<Record<string, Look>> = LOOKS[kind]
  return looks[state] ?? look('ring', state, 'rest')
}

interface StateProps {
  readonly look: Look
  /** On its own tint, as beside a title. */
  readonly isPill?: boolean
  /** Says more than the word, such as a number. */
  readonly children?: string | undefined
}

/** A state: a shape, a word and a colour. */
export function State({ look: { shape, word, tone }, isPill = false, children }: StateProps): VNode {
  return (
    <span class={`state ${tone}${isPill ? ' pill' : ''}`}>
      <ShapeOf shape={shape} />
      <span>{children ?? word}</span>
    </span>
  )
}

/** The shape of a state alone, beside words that say it. */
export function ShapeOf({ shape }: { readonly shape: Shape }): VNode {
  return (
    <svg class="shape" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[shape]}
    </svg>
  )
}

const SHAPES: Readonly<Record<Shape, VNode>> = {
  ring: <circle cx="8" cy="8" r="5.5" />,
  arc: (
    <>
      <circle cx="8" cy="8" r="5.5" opacity="0.35" />
      <path d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" />
      <circle cx="8" cy="8" r="1.6" class="filled" />
    </>
  ),
  check: (
    <>
      <circle cx="8" cy="8" r="6.25" class="filled" />
      <path d="m5.2 8.2 1.9 1.9 3.7-4" class="cut" />
    </>
  ),
  cross: (
    <>
      <circle cx="8" cy="8" r="6.25" class="filled" />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" class="cut" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.2l2 1.3" />
    </>
  ),
  bars: <path d="M6 4v8M10 4v8" />,
  slash: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 11.8 7.6-7.6" />
    </>
  ),
  mark: (
    <>
      <path d="M8 2.5 14 13H2z" />
      <path d="M8 6.5v3M8 11.4v.1" />
    </>
  ),
}
