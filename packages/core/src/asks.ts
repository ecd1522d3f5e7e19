// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Questions that jobs put to people.

// For handlers.
export {
  AskCancelledError,
  AskRefusedError,
  AskTimedOutError,
  TooManyAsksError,
} from './errors.ts'
export { LONGEST_ASK_NAME, MAX_KEPT_BYTES, MOST_ASKS, MOST_OPEN_ASKS } from './jobs/asks/ask.ts'
export type { AskAnswer, AskWish, OnAskTimeout } from './jobs/asks/ask.ts'

// Questions as they are kept.
export { ASK_STATES } from './jobs/asks/ask.ts'
export type { AskState, JobAsk, JobLife, NewAsk, PlannedAsk } from './jobs/asks/ask.ts'
export { lifeOf } from './jobs/asks/ask-store.ts'
export type { AskEnd, AskOf, AskStore, DueAsk } from './jobs/asks/ask-store.ts'
export type { AskDesk } from './jobs/asks/desk.ts'

// Taking them, and ending them.
export { askDesk } from './asks/ask-desk.ts'
export type { AskDeps } from './asks/ask-desk.ts'
export { askSweeper } from './asks/ask-sweep.ts'
export { cancelSleeper } from './asks/sleepers.ts'
