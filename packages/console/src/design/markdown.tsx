import { signal } from '@preact/signals'
import type { Token, Tokens, TokensList } from 'marked'
import type { ComponentChildren, VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import './markdown.css'
import { mayLoad, safeLink } from './links.ts'
import { Scrolls } from './scrolls.tsx'

const lexer = signal<((text: string) => TokensList) | undefined>(undefined)

/** Loads what reads Markdown; until then a text is shown as it is. */
export async function loadMarkdown(): Promise<void> {
  if (lexer.peek() !== undefined) return
  const { Lexer } = await import('marked')
  lexer.value = (text) => Lexer.lex(text, { gfm: true, breaks: true })
}

interface MarkdownProps {
  readonly text: string
  /** Whether images may be shown at all. */
  readonly images?: boolean
}

/** Markdown as elements of a fixed list: raw HTML is shown as the text it is, so there is nothing to make safe. */
export function Markdown({ text, images = true }: MarkdownProps): VNode {
  const read = lexer.value
  const tokens = useMemo(() => read?.(text), [read, text])
  if (tokens === undefined) {
    void loadMarkdown()
    return (
      <div class="markdown plain" dir="auto">
        {text}
      </div>
    )
  }
  return (
    <div class="markdown" dir="auto">
      {blocks(tokens, images)}
    </div>
  )
}

const blocks = (tokens: readonly Token[], images: boolean): ComponentChildren =>
  tokens.map((token) => block(token, images))

function block(token: Token, images: boolean): ComponentChildren {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return <p class={`heading h${(token as Tokens.Heading).depth}`}>{inside(token, images)}</p>
    case 'paragraph':
    case 'text':
      return <p>{inside(token, images)}</p>
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens, images)}</blockquote>
    case 'hr':
      return <hr />
    case 'code':
      return (
        <Scrolls label="Code">
          <pre>
            <code>{(token as Tokens.Code).text}</code>
          </pre>
        </Scrolls>
      )
    case 'list':
      return list(token as Tokens.List, images)
    case 'table':
      return table(token as Tokens.Table, images)
    default:
      return <p class="raw">{token.raw}</p>
  }
}

function list({ ordered, start, items }: Tokens.List, images: boolean): VNode {
  const children = items.map((item) => (
    <li>
      {item.task && (item.checked === true ? '☑ ' : '☐ ')}
      {item.tokens.map((token) =>
        token.type === 'text'
          ? inside(token, images)
          : token.type === 'checkbox'
            ? null
            : block(token, images),
      )}
    </li>
  ))
  return ordered ? <ol start={typeof start === 'number' ? start : 1}>{children}</ol> : <ul>{children}</ul>
}

function table({ header, rows }: Tokens.Table, images: boolean): VNode {
  return (
    <Scrolls label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell) => (
              <th scope="col">{inlines(cell.tokens, images)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{inlines(cell.tokens, images)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolls>
  )
}

function inside(token: Token, images: boolean): ComponentChildren {
  const { tokens } = token as { readonly tokens?: readonly Token[] }
  return tokens === undefined ? (token as Tokens.Text).text : inlines(tokens, images)
}

const inlines = (tokens: readonly Token[], images: boolean): ComponentChildren =>
  tokens.map((token) => inline(token, images))

function inline(token: Token, images: boolean): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{inside(token, images)}</strong>
    case 'em':
      return <em>{inside(token, images)}</em>
    case 'del':
      return <del>{inside(token, images)}</del>
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>
    case 'br':
      return <br />
    case 'link':
      return <Outside href={(token as Tokens.Link).href}>{inside(token, images)}</Outside>
    case 'image':
      return image(token as Tokens.Image, images)
    case 'text':
      return inside(token, images)
    case 'escape':
      return (token as Tokens.Escape).text
    default:
      return token.raw
  }
}

function image({ href, text }: Tokens.Image, images: boolean): ComponentChildren {
  const alt = text === '' ? 'image' : text
  if (images && mayLoad(href)) return <img src={href} alt={alt} loading="lazy" referrerpolicy="no-referrer" />
  return <Outside href={href}>{alt}</Outside>
}

interface OutsideProps {
  readonly href: string
  readonly children: ComponentChildren
}

/** A link that opens elsewhere, with its host in sight; what is no address of the web or of mail stays text. */
export function Outside({ href, children }: OutsideProps): VNode {
  const link = safeLink(href)
  if (link === undefined)
    return (
      <span>
        {children} ({href})
      </span>
    )
  return (
    <a href={link.href} target="_blank" rel="noopener noreferrer nofollow">
      {children} <span class="host">({link.host})</span>
    </a>
  )
}
