import { render } from 'preact'
import { call } from '../api/call.ts'
import { followTabs, me, open, sessionState } from '../api/session.ts'
import { settings } from '../api/settings.ts'
import { type PageName, route, startRouting } from '../route/route.ts'
import '../design/tokens.css'
import '../design/fonts.css'
import '../design/base.css'
import '../design/marks.css'
import { App } from './app.tsx'
import { load } from './pages.ts'
import { applyTheme } from './theme.ts'

// Before anything else reads the address: the code works once, and stands nowhere afterwards.
const [, how, said, to = ''] = /^#(code|sign-in)=([\w-]+)(?:&to=(.*))?$/.exec(location.hash) ?? []
if (how) history.replaceState(null, '', location.pathname + location.search + (to && `#${to}`))

applyTheme()
startRouting()
followTabs()
document.title = settings.title
const place = document.getElementById('page')
if (place) render(<App />, place)
// Its file travels while the session opens.
if (route.peek().page !== 'missing') void load(route.peek().page as PageName)
void begin()

async function begin(): Promise<void> {
  const isOpen =
    how === 'sign-in'
      ? await open(undefined, (await import('./sign-in-words.ts')).faultInWords(said))
      : await open(said)
  if (!isOpen) return
  try {
    me.value = await call('GET /session', {})
    sessionState.value = { kind: 'in' }
  } catch (error) {
    sessionState.value = { kind: 'out', why: error instanceof Error ? `${error.message}.` : '' }
  }
}
