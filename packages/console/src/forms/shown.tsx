import type { ShownThing } from '@muster/core/forms'
import type { VNode } from 'preact'
import { JsonView } from '../design/json-view.tsx'
import { mayLoad } from '../design/links.ts'
import { Markdown, Outside } from '../design/markdown.tsx'
import { letterOf } from './asked.ts'
import { Chat } from './chat.tsx'
import { Code } from './code.tsx'
import { Diff } from './diff.tsx'
import { MarkedText } from './marked-text.tsx'
import type { Marking } from './marking.ts'
import './shown.css'
import type { Span } from './spans.ts'
import { Table } from './table.tsx'
import { textOf } from './text.ts'

interface ShownProps {
  readonly thing: ShownThing
  /** The question that marks this text at present, if one does. */
  readonly marking?: Marking | undefined
  /** What is marked in it, of all questions. */
  readonly spans?: readonly Span[] | undefined
}

/** One thing of the item, in its frame. */
export function Shown({ thing, marking, spans }: ShownProps): VNode | null {
  if (thing.value === null && thing.as !== 'compare') return null
  return (
    <section class={`shown as-${thing.as}`} aria-label={thing.title ?? thing.name}>
      {thing.title !== undefined && <h2>{thing.title}</h2>}
      {thing.as === 'compare' ? (
        <div class={`sides${(thing.sides?.length ?? 0) > 2 ? ' many' : ''}`}>
          {thing.sides?.map(({ id, value }, place) => (
            <section key={id} class="side" aria-label={`Side ${letterOf(place)}`}>
              <h3>{letterOf(place)}</h3>
              <Value thing={{ ...thing.render, name: thing.name, as: thing.render?.as ?? 'json', value }} />
            </section>
          ))}
        </div>
      ) : (
        <Value thing={thing} marking={marking} spans={spans} />
      )}
    </section>
  )
}

function Value({ thing, marking, spans }: ShownProps): VNode {
  const { value } = thing
  switch (thing.as) {
    case 'text':
      return marking !== undefined || (spans?.length ?? 0) > 0 ? (
        <MarkedText text={textOf(value)} marking={marking} spans={spans ?? []} />
      ) : (
        <p class="plain-text" dir="auto">
          {textOf(value)}
        </p>
      )
    case 'markdown':
      return <Markdown text={textOf(value)} />
    case 'chat':
      return <Chat messages={Array.isArray(value) ? value : []} thing={thing} />
    case 'code':
      return <Code text={textOf(value)} language={thing.language} />
    case 'diff':
      return <Diff value={value} thing={thing} />
    case 'table':
      return <Table rows={Array.isArray(value) ? value : []} columns={thing.columns} />
    case 'image':
      return mayLoad(textOf(value)) ? (
        <img
          class="media"
          src={textOf(value)}
          alt={thing.alt ?? thing.title ?? thing.name}
          referrerpolicy="no-referrer"
        />
      ) : (
        <Elsewhere address={textOf(value)} alt={thing.alt} />
      )
    case 'audio':
      return mayLoad(textOf(value)) ? (
        // biome-ignore lint/a11y/useMediaCaption: an item's own sound, which may be what is to be written down
        <audio
          class="media"
          controls
          src={textOf(value)}
          aria-label={thing.alt ?? thing.title ?? thing.name}
        />
      ) : (
        <Elsewhere address={textOf(value)} alt={thing.alt} />
      )
    case 'json':
    case 'compare':
      return <JsonView value={value} />
  }
}

/** Media from where the page may load none: its address. */
function Elsewhere({ address, alt }: { readonly address: string; readonly alt: string | undefined }): VNode {
  return (
    <p class="plain-text">
      <Outside href={address}>{alt ?? 'Open it elsewhere'}</Outside>
    </p>
  )
}
