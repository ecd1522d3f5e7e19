import { ValidationError } from '../../errors.ts'
import type { MatrixCondition } from './matrix.ts'

const WORD = /(?:"[^"]*"|[^\s"])+/g
/** A part of a word, in quotes or bare, an operator, and the rest. */
const PARTS = /^(?<left>"[^"]*"|[^\s"=!~]+)(?:(?<operator>!=|=|~)(?<right>.*))?$/s

/** Each is a look at every scenario. */
const MOST_CONDITIONS = 20

/**
 * Conditions as words: `split`, `failed`, `text~words`, `model=label`, `model!=label`, `model!=model`. Quotes go around spaces; a right side in
 * quotes is always a label.
 * @throws ValidationError naming `where`, the word and the rule
 */
export function conditionsOf(where: string, models: readonly string[]): MatrixCondition[] {
  const words = [...new Set(where.match(WORD))]
  if (where.replaceAll(WORD, '').trim() !== '') throw refused('has a quote that does not end')
  if (words.length > MOST_CONDITIONS)
    throw refused(`has ${words.length} conditions, and may have ${MOST_CONDITIONS}`)
  return words.map((word) => conditionOf(word, models))
}

function conditionOf(word: string, models: readonly string[]): MatrixCondition {
  const { left = '', operator, right = '' } = PARTS.exec(word)?.groups ?? {}
  const name = bare(left)
  if (operator === undefined && (word === 'split' || word === 'failed')) return { kind: word }
  if (operator === undefined)
    throw refused(
      `knows no word ${word}: say split, failed, text~words, model=label, model!=label or model!=model`,
    )
  const said = bare(right)
  if (said === '') throw refused(`says nothing behind ${left}${operator}`)
  if (operator === '~') {
    if (left !== 'text') throw refused(`takes ~ behind text alone, not behind ${left}`)
    return { kind: 'text', text: said }
  }
  const model = models.indexOf(name)
  if (model === -1) throw refused(`names no model of the run: ${name}`)
  if (operator === '=') return { kind: 'is', model, label: said }
  const other = right.startsWith('"') ? -1 : models.indexOf(said)
  return other === -1 ? { kind: 'isNot', model, label: said } : { kind: 'differs', model, other }
}

function bare(part: string): string {
  return part.replaceAll('"', '')
}

function refused(message: string): ValidationError {
  return new ValidationError([{ path: 'where', message }])
}
