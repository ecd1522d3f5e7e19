import { decimal } from '../design/time.ts'
import type { Person } from './data.ts'
import { stepWord } from './words.ts'

/** Skills with their levels, the highest first, so many of them. */
export function skillsWords(skills: Person['skills'], most: number): string {
  const sorted = Object.entries(skills).sort(
    ([one, low], [other, high]) => high - low || (one < other ? -1 : 1),
  )
  const told = sorted.slice(0, most).map(([name, level]) => `${name}\u202f${level}`)
  const rest = sorted.length - told.length
  return told.length === 0 ? '–' : `${told.join(' · ')}${rest > 0 ? ` · +${rest}` : ''}`
}

type Score = Person['quality'][number]

/** A score with half the width of its interval, or with how little it rests on. */
export function scoreWords({ score, samples, low, high }: Score): string {
  const value = decimal(score)
  if (low === null || high === null) return `${value} of ${samples}`
  return `${value} ±\u202f${decimal((high - low) / 2)}`
}

/** Scores by type of step. */
export function qualityWords(quality: Person['quality']): string {
  if (quality.length === 0) return '–'
  return quality.map((score) => `${stepWord(score.stepType)} ${scoreWords(score)}`).join(' · ')
}
