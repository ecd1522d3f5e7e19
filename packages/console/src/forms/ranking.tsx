import type { FormQuestion } from '@muster/core/forms'
import type { VNode } from 'preact'
import { Key } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import { sideChoices } from './asked.ts'
import type { Asking } from './asking.ts'
import { type Around, placesRanked, ranked, rankingOf } from './key-deeds.ts'
import { OptionButton } from './option-button.tsx'

type RankingQuestion = Extract<FormQuestion, { readonly type: 'ranking' }>

/** Sides in order, best first: what is not placed yet stands below, to be put next. */
export function Ranking({
  question,
  answer,
  onAnswer,
  around,
}: Asking<RankingQuestion> & { readonly around: Around }): VNode {
  const choices = sideChoices(question.of, around.shown)
  const titleOf = new Map(choices.map(({ value, title }) => [value, title]))
  const places = placesRanked(answer)
  const placed = new Set(places.flat())
  const set = (next: readonly (readonly string[])[]): void => onAnswer(rankingOf(question, next))
  return (
    <div class="ranking">
      <ol>
        {places.map((sides, place) => (
          <li key={sides.join()}>
            <span class="rank">{place + 1}</span>
            <span class="sides">{sides.map((side) => titleOf.get(side) ?? side).join(' = ')}</span>
            <span class="rank-deeds">
              <RankButton
                icon="up"
                label={`Move ${nameOf(sides, titleOf)} up`}
                disabled={place === 0}
                onClick={() => set(swapped(places, place, place - 1))}
              />
              <RankButton
                icon="down"
                label={`Move ${nameOf(sides, titleOf)} down`}
                disabled={place === places.length - 1}
                onClick={() => set(swapped(places, place, place + 1))}
              />
              {question.ties && place > 0 && (
                <button
                  type="button"
                  class="button quiet"
                  aria-label={`Tie ${nameOf(sides, titleOf)} with the place before`}
                  title="Tie with the place before"
                  onClick={() => set(tied(places, place))}
                >
                  =
                </button>
              )}
              <RankButton
                icon="close"
                label={`Take ${nameOf(sides, titleOf)} out`}
                onClick={() => set(places.filter((_, each) => each !== place))}
              />
            </span>
          </li>
        ))}
      </ol>
      <div class="options row">
        {choices
          .filter(({ value }) => !placed.has(value))
          .map(({ value, title, key }) => (
            <OptionButton
              key={value}
              keyName={key}
              title={`Put ${title} at place ${places.length + 1}`}
              onChoose={() => onAnswer(ranked(question, answer, value))}
            >
              {key !== null && <Key name={key} />}
              <span>{title}</span>
            </OptionButton>
          ))}
      </div>
    </div>
  )
}

interface RankButtonProps {
  readonly icon: 'up' | 'down' | 'close'
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
}

function RankButton({ icon, label, disabled, onClick }: RankButtonProps): VNode {
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

const nameOf = (sides: readonly string[], titles: ReadonlyMap<string, string>): string =>
  sides.map((side) => titles.get(side) ?? side).join(' and ')

/** The places with two of them changed for each other. */
export function swapped(
  places: readonly (readonly string[])[],
  one: number,
  other: number,
): (readonly string[])[] {
  const next = [...places]
  const [first, second] = [places[one], places[other]]
  if (first === undefined || second === undefined) return next
  next[one] = second
  next[other] = first
  return next
}

/** The places with one put together with the one before. */
export function tied(places: readonly (readonly string[])[], place: number): (readonly string[])[] {
  const [before, here] = [places[place - 1], places[place]]
  if (before === undefined || here === undefined) return [...places]
  return [...places.slice(0, place - 1), [...before, ...here], ...places.slice(place + 1)]
}
