import { keysOf } from '@muster/core/forms'
import type { VNode } from 'preact'
import { Key } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import type { Asking } from './asking.ts'
import { type Marking, type SpansQuestion, spansIn } from './marking.ts'
import type { Span } from './spans.ts'

interface MarkListProps extends Asking<SpansQuestion> {
  readonly marking: Marking | undefined
}

/** The labels that mark what is selected in the text, and the marks there are. */
export function MarkList({ question, answer, onAnswer, marking }: MarkListProps): VNode {
  const spans = spansIn(answer)
  const keys = keysOf(question.labels)
  const titleOf = (label: string): string =>
    question.labels.find(({ value }) => value === label)?.title ?? label
  const textOf = ({ start, end }: Span): string => marking?.points.slice(start, end).join('') ?? ''
  return (
    <div class="marks">
      <div class="options row">
        {question.labels.map(({ value, title, help }, place) => (
          <button
            key={value}
            type="button"
            class={`option label s${(place % 8) + 1}`}
            aria-keyshortcuts={keys[place] ?? undefined}
            title={help}
            // What is selected in the text would be lost with the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              const next = marking?.mark(spans, value)
              if (next) onAnswer(next)
            }}
          >
            {keys[place] != null && <Key name={keys[place] ?? ''} />}
            <span>{title ?? value}</span>
          </button>
        ))}
      </div>
      <p class="bounds" role="status">
        {marking?.said.value}
      </p>
      <ul>
        {spans.map((span, place) => (
          <li
            key={`${span.start}-${span.end}-${span.label}`}
            class={marking?.focused.value === place ? 'on' : ''}
          >
            <div class="mark-row">
              <button type="button" class="mark-text" onClick={() => marking?.focus(spans, place)}>
                <span class={`label-dot s${(labelPlace(question, span.label) % 8) + 1}`} />
                <span>{titleOf(span.label)}</span>
                <q dir="auto">{textOf(span)}</q>
              </button>
              <button
                type="button"
                class="button quiet"
                aria-label={`Remove the mark ${titleOf(span.label)} on ${textOf(span)}`}
                title="Remove the mark"
                onClick={() => onAnswer(without(spans, place))}
              >
                <Icon name="close" />
              </button>
            </div>
            {question.attributes?.map((attribute) => (
              <label key={attribute.id} class="attribute">
                <span>{attribute.title}</span>
                <select
                  value={span.attributes?.[attribute.id] ?? ''}
                  onChange={(event) =>
                    onAnswer(withAttribute(spans, place, attribute.id, event.currentTarget.value))
                  }
                >
                  <option value="">–</option>
                  {attribute.options.map(({ value, title }) => (
                    <option key={value} value={value}>
                      {title ?? value}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}

const labelPlace = (question: SpansQuestion, label: string): number =>
  Math.max(
    0,
    question.labels.findIndex(({ value }) => value === label),
  )

const without = (spans: readonly Span[], place: number): readonly Span[] | undefined =>
  spans.filter((_, each) => each !== place)

function withAttribute(spans: readonly Span[], place: number, id: string, value: string): readonly Span[] {
  return spans.map((span, each) => {
    if (each !== place) return span
    const { attributes = {}, ...rest } = span
    const { [id]: _before, ...others } = attributes
    const next = value === '' ? others : { ...others, [id]: value }
    return Object.keys(next).length === 0 ? rest : { ...rest, attributes: next }
  })
}
