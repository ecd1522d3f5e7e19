// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Limits by key: their rules, as functions of a key's settings and of its state.
export {
  burstOf,
  cooled,
  KEY_WAITS,
  MOST_ROOM,
  mostAtOnce,
  OPEN,
  opensAt,
  roomOf,
  settleUnits,
  shutBy,
  spend,
  UNIT_AHEAD_MS,
  unitsOf,
  UNUSED,
  warmed,
  windowOf,
} from './limits/keys.ts'
export type { CoolDown, KeyState, KeyWait, LimitSettings } from './limits/keys.ts'

export { keyHold } from './limits/key-hold.ts'
export type { KeyHold } from './limits/key-hold.ts'

export { isKey, KEY_RULE, projectOfKey } from './limits/key.ts'

// Keys as they are kept, and what workers hold of them.
export { defaultOf, LIMIT_ORIGINS, MOST_AHEAD, MOST_KEYS, MOST_LOOKED_AT } from './limits/limit.ts'
export type {
  FirstOfSet,
  HoldReport,
  JobKeys,
  KeptLimit,
  LimitDefault,
  LimitOrigin,
  LimitSet,
  SetHold,
  UsedLimit,
} from './limits/limit.ts'
export type { LimitStore } from './limits/limit-store.ts'

// Callers of limits, and their inputs.
export { coolRequest, limitDefaults, limitsFilter, newLimit } from './limits/limit-input.ts'
export type { NewLimit } from './limits/limit-input.ts'
export { limitUseCases } from './limits/limit-use-cases.ts'
export type { LimitDeps } from './limits/limit-use-cases.ts'
export type { Limit, LimitsOf, LimitUseCases } from './limits/limits.ts'
export type { JobEstimate, JobToLimit } from './jobs/job.ts'
