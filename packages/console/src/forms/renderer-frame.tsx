import type { ShownThing } from '@muster/core/forms'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { pathOf } from '../api/settings.ts'
import type { Answers } from './asked.ts'
import './renderer-frame.css'
import { Ear, readSaid } from './renderer-messages.ts'

/** What a renderer is told, and tells. */
export interface RendererProps {
  /** The name of the form that it draws. */
  readonly name: string
  /** What the frame is called. */
  readonly title: string
  readonly show: readonly ShownThing[]
  readonly answer: Answers
  /** Takes the answers that a person gave; undefined: they are only looked at. */
  readonly onAnswer?: ((answer: Answers) => void) | undefined
}

const FIRST_HEIGHT = 320

/**
 * A host's own drawing of a form, in a frame that can reach nothing. It is told what is shown and answered, and says how high it is and what is
 * answered.
 */
export function RendererFrame(props: RendererProps): VNode {
  const { name, title, show, answer, onAnswer } = props
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(FIRST_HEIGHT)
  const latest = useRef(props)
  latest.current = props
  /** What the renderer knows of the answers, so that it is not told what it said itself. */
  const known = useRef('')
  const tell = (): void => {
    const { show, answer, onAnswer } = latest.current
    known.current = JSON.stringify(answer)
    // The frame has no origin to name. The page's policy keeps it from becoming another page, which would get this.
    frame.current?.contentWindow?.postMessage(
      { show, answer, theme: themeNow(), readOnly: onAnswer === undefined },
      '*',
    )
  }
  useEffect(() => {
    const ear = new Ear((data) => {
      const said = readSaid(data)
      if (said?.height !== undefined) setHeight(said.height)
      const text = JSON.stringify(said?.answer)
      if (said?.answer === undefined || text === known.current) return
      known.current = text
      latest.current.onAnswer?.(said.answer)
    })
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source !== null && source === frame.current?.contentWindow) ear.take(data, performance.now())
    }
    const colours = matchMedia('(prefers-color-scheme: dark)')
    const chosen = new MutationObserver(tell)
    addEventListener('message', onMessage)
    colours.addEventListener('change', tell)
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      ear.close()
      removeEventListener('message', onMessage)
      colours.removeEventListener('change', tell)
      chosen.disconnect()
    }
  }, [])
  const text = JSON.stringify(answer)
  useEffect(() => {
    if (text !== known.current) tell()
  }, [text, show, onAnswer === undefined])
  useEffect(() => {
    if (frame.current) frame.current.style.height = `${height}px`
  }, [height])
  return (
    <iframe
      ref={frame}
      class="renderer"
      title={title}
      sandbox="allow-scripts"
      referrerpolicy="no-referrer"
      src={pathOf(`renderers/${encodeURIComponent(name)}/`)}
      onLoad={tell}
    />
  )
}

function themeNow(): 'light' | 'dark' {
  const { theme } = document.documentElement.dataset
  if (theme === 'light' || theme === 'dark') return theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
