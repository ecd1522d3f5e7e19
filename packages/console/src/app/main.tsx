import { effect } from '@preact/signals'
import { render } from 'preact'
import { call } from '../api/call.ts'
import { followTabs, knowMe, open, sessionState } from '../api/session.ts'
import { settings } from '../api/settings.ts'
import { type PageName, route, startRouting } from '../route/route.ts'
import '../design/tokens.css'
import '../design/fonts.css'
import '../design/base.css'
import '../design/marks.css'
import { App } from './app.tsx'
import { arrival } from './early.ts'
import { load } from './pages.ts'

startRouting()
followTabs()
document.title = settings.title
const place = document.getElementById('page')
if (place) render(<App />, place)
// Until then what the file itself shows stands: it was painted before any answer.
effect(() => {
  if (sessionState.value.kind !== 'opening') document.getElementById('shell')?.remove()
})
// Its file travels while the session opens.
if (route.peek().page !== 'missing') void load(route.peek().page as PageName)
void begin()

async function begin(): Promise<void> {
  const { code, fault, answer } = arrival
  const inWords = fault && (await import('./sign-in-words.ts')).faultInWords(fault)
  if (!(await open(answer, code, inWords))) return
  try {
    knowMe(await call('GET /session', {}))
    sessionState.value = { kind: 'in' }
  } catch (error) {
    sessionState.value = { kind: 'out', why: error instanceof Error ? `${error.message}.` : '' }
  }
}
