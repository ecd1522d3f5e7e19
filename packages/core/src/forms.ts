// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Forms as data: what people are shown and asked. Pure functions of the form, a task's payload and results.

// A form, its parts, and twelve to begin with.
export { FORM_LIMITS, keysOf, placesOf, RESULT_LIMITS } from './forms/form.ts'
export type {
  Agree,
  Answers,
  ComparatorName,
  Condition,
  Form,
  FormQuestion,
  NewForm,
  Option,
  QuestionOf,
  QuestionType,
  Render,
  Show,
  ShowCompare,
  ShownAs,
  ShowOne,
} from './forms/form.ts'
export { readForm } from './forms/form-input.ts'
export { formSchema } from './forms/form-schema.ts'
export { formTemplates } from './forms/templates.ts'

// Forms of answers, and the faults of answers and payloads.
export { answerSchema } from './forms/answer-schema.ts'
export type { JsonSchema, ResultKind } from './forms/answer-schema.ts'
export type { Span } from './forms/check-answers.ts'
export { checkPayload } from './forms/check-payload.ts'
export { checkPart, checkResult, prefilledOf } from './forms/check-result.ts'
export { inWords } from './forms/condition.ts'
export { FAULT_RULES } from './forms/faults.ts'
export type { Fault, FaultRule } from './forms/faults.ts'
export { sidesOf } from './forms/sides.ts'
export type { Sides } from './forms/sides.ts'

// How answers are compared, and what they come to.
export { agree, distance } from './forms/agreement.ts'
export { comparatorOf } from './forms/comparator.ts'
export type { Comparator } from './forms/comparator.ts'
export { outcomeOf, questionOutcome } from './forms/outcome.ts'
export { judgeGold } from './forms/gold.ts'
export type { JudgedAnswer, JudgedByGold } from './forms/gold.ts'

// Questions with finite answers, and how many people are asked.
export { byAnswer, classOf, finiteQuestions } from './forms/finite.ts'
export type { FiniteQuestion } from './forms/finite.ts'
export type { AdaptiveOverlap, UntilRule } from './forms/until.ts'

// The things that are shown, and their order.
export { shownThings, visiblePayload } from './forms/visible.ts'
export type { ShownThing } from './forms/visible.ts'
export { drawnPresentation, presentationOf } from './forms/presentation.ts'
export type { Presentation } from './forms/presentation.ts'
