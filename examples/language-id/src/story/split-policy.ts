import type { EscalationPolicy } from '@muster/core/escalation'
import type { Split } from '../analysis/tables.ts'

/** Who reads a candidate less well than this is no help. */
export const MIN_LEVEL = 2

/**
 * Which scenarios of a run go to people, and as what: each on which two models that know its language name two. People see the text and the
 * languages to choose from, in a drawn order, and not who said what. Any one of the languages is skill enough.
 */
export function splitPolicy({
  isGold,
}: {
  /** The true language measures those who do the tasks, and is not shown to them. */
  readonly isGold: boolean
}): EscalationPolicy {
  return {
    when: [{ type: 'disagreement', agreeOn: '/language', absent: 'ignored' }],
    task: {
      payload: { text: { $: '/scenario/payload/text', required: true }, candidates: { $: '/candidates' } },
      requiredSkills: [{ anyOf: { $: '/candidates' }, minLevel: MIN_LEVEL }],
      ...(isGold && { gold: { label: { $: '/scenario/payload/language', required: true } } }),
    },
  }
}

/** The languages that the models named: those that the task of the split has to choose from. */
export function candidatesOf({ answers }: Pick<Split, 'answers'>): string[] {
  return [...new Set(answers.flatMap(({ language }) => (language === null ? [] : [language])))]
}
