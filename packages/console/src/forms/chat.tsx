import type { ShownThing } from '@muster/core/forms'
import type { ComponentChildren, VNode } from 'preact'
import { JsonView } from '../design/json-view.tsx'
import { mayLoad } from '../design/links.ts'
import { Markdown, Outside } from '../design/markdown.tsx'
import { valueAt } from './pointer.ts'
import { textOf } from './text.ts'

interface ChatProps {
  readonly messages: readonly unknown[]
  readonly thing: ShownThing
}

const WORDS: Readonly<Record<string, string>> = {
  system: 'System',
  developer: 'Developer',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
}

/** A conversation, a row a message. Numbers beside the roles are what questions mean by "message". */
export function Chat({ messages, thing }: ChatProps): VNode {
  return (
    <ol class="chat">
      {messages.map((message, place) => (
        <Message message={message} place={place + 1} thing={thing} />
      ))}
    </ol>
  )
}

function Message({
  message,
  place,
  thing,
}: {
  readonly message: unknown
  readonly place: number
  readonly thing: ShownThing
}): VNode {
  const { roleAt = '/role', contentAt = '/content', fold = [] } = thing
  const role = textOf(valueAt(message, roleAt))
  const content = valueAt(message, contentAt)
  const { name, reasoning } = fields(message)
  const isFolded = (fold as readonly string[]).includes(role)
  const body = (
    <>
      {typeof reasoning === 'string' && reasoning !== '' && (
        <Folded open={!fold.includes('reasoning')} title="Reasoning">
          <Markdown text={reasoning} />
        </Folded>
      )}
      <Content content={content} />
      {toolCallsOf(message).map((call) => (
        <div class="tool-call">
          <strong>{call.name}</strong>
          <JsonView value={call.given} />
        </div>
      ))}
    </>
  )
  return (
    <li class={`message ${WORDS[role] === undefined ? '' : role}`}>
      <div class="role">
        <span>{WORDS[role] ?? role}</span>
        {typeof name === 'string' && <span class="name">{name}</span>}
        <span class="place">{place}</span>
      </div>
      <div class="said">
        {isFolded ? (
          <Folded open={false} title={preview(content)}>
            {body}
          </Folded>
        ) : (
          body
        )}
      </div>
    </li>
  )
}

function Folded({
  open,
  title,
  children,
}: {
  readonly open: boolean
  readonly title: string
  readonly children: ComponentChildren
}): VNode {
  return (
    <details class="folded" open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  )
}

function Content({ content }: { readonly content: unknown }): VNode | null {
  if (content === null || content === undefined) return null
  if (typeof content === 'string') return <Markdown text={content} />
  if (!Array.isArray(content)) return <JsonView value={content} />
  return (
    <>
      {content.map((part: unknown) => {
        const { type, text, url, image_url: spelled } = fields(part)
        if (type === 'text') return <Markdown text={textOf(text)} />
        const address = textOf(url ?? fields(spelled)['url'] ?? spelled)
        if (type !== 'image' && type !== 'image_url') return <JsonView value={part} />
        return mayLoad(address) ? (
          <img class="media" src={address} alt="" referrerpolicy="no-referrer" />
        ) : (
          <p>
            <Outside href={address}>Image</Outside>
          </p>
        )
      })}
    </>
  )
}

interface Call {
  readonly name: string
  readonly given: unknown
}

/** Calls in our spelling and in OpenAI's; arguments that are JSON in a text are shown as what they say. */
function toolCallsOf(message: unknown): Call[] {
  const { toolCalls, tool_calls: spelled } = fields(message)
  const calls = Array.isArray(toolCalls) ? toolCalls : Array.isArray(spelled) ? spelled : []
  return calls.map((call: unknown) => {
    const { name, arguments: given, function: inner } = fields(call)
    const { name: innerName, arguments: innerGiven } = fields(inner)
    return { name: textOf(name ?? innerName ?? 'call'), given: unpacked(given ?? innerGiven) }
  })
}

function unpacked(given: unknown): unknown {
  if (typeof given !== 'string') return given ?? {}
  try {
    return JSON.parse(given) as unknown
  } catch {
    return given
  }
}

function preview(content: unknown): string {
  const text = typeof content === 'string' ? content : ''
  return text === '' ? 'Show' : text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
