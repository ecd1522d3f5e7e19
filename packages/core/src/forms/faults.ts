import type { Issue } from '../json/json.ts'

/** Rules that an answer may break, by name. */
export const FAULT_RULES = [
  'required',
  'hidden',
  'unknownQuestion',
  'unknownField',
  'type',
  'option',
  'min',
  'max',
  'tooShort',
  'tooLong',
  'pattern',
  'schema',
  'tooFew',
  'tooMany',
  'repeated',
  'unknownSide',
  'notPermutation',
  'spanOrder',
  'withinText',
  'overlap',
] as const
/** One of {@link FAULT_RULES}. */
export type FaultRule = (typeof FAULT_RULES)[number]

/** A fault of a result: its place, its question and the rule. */
export interface Fault extends Issue {
  /** null: with the result as a whole. */
  readonly question: string | null
  readonly rule: FaultRule
}
