import { askSession } from '../api/session-call.ts'
import { DENSITIES, DENSITY, kept, look, THEME, THEMES } from './look.ts'

// Before anything else reads the address: the code works once, and stands nowhere afterwards.
const [, way, said, to = ''] = /^#(code|sign-in)=([\w-]+)(?:&to=(.*))?$/.exec(location.hash) ?? []
if (way) history.replaceState(null, '', location.pathname + location.search + (to && `#${to}`))

look(kept(THEME, THEMES) ?? 'system', kept(DENSITY, DENSITIES) ?? 'compact')

const code = way === 'code' ? said : undefined

/** How somebody came here, and the answer to that: it is on its way before the page's own script is read. */
export const arrival: {
  /** The code of a link. */
  readonly code: string | undefined
  /** What went wrong at the issuer. */
  readonly fault: string | undefined
  /** undefined: the server could not be reached. */
  readonly answer: Promise<Response | undefined>
} = {
  code,
  fault: way === 'sign-in' ? said : undefined,
  answer: askSession('POST', code === undefined ? {} : { code }).catch(() => undefined),
}

fetchAhead(/^#\/?([\w-]*)/.exec(location.hash)?.[1] || 'work')

/** Has the browser fetch the scripts of a page, which the build has named here. */
function fetchAhead(page: string): void {
  const parts = JSON.parse(document.getElementById('parts')?.textContent ?? '{}') as Record<string, string[]>
  for (const file of parts[page] ?? []) {
    const link = document.createElement('link')
    link.rel = 'modulepreload'
    link.crossOrigin = ''
    link.href = file
    document.head.append(link)
  }
}
