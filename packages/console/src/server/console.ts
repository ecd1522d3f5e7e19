import { randomBytes } from 'node:crypto'
import { type Answer, type Asked, problem, TooLargeError } from './answer.ts'
import { type Built, builtFiles, pageFile, sendFile } from './files.ts'
import { oidcRounds } from './oidc.ts'
import { type ConsoleOptions, relativeTo } from './options.ts'
import { COMMON_HEADERS, pageHeaders } from './policy.ts'
import { servedRenderers } from './renderers.ts'
import { sessions } from './session.ts'

type Checked = ConsoleOptions & { readonly prefix: string; readonly api: string; readonly socketPath: string }

const A_YEAR = 'public, max-age=31536000, immutable'

/** Answers every request below the prefix. */
export type Serve = (asked: Asked) => Promise<Answer>

/** The page of these options. `built` is what is served; default: what lies in the package. */
export function servedConsole(options: Checked, built: Built | undefined = builtFiles()): Serve {
  const secret = options.secret ?? randomBytes(32).toString('base64url')
  const { open, close, link } = sessions(options, secret)
  const { signIn } = options
  const rounds = signIn && 'oidc' in signIn ? oidcRounds(options, secret, signIn) : undefined
  const page = built && pageFile(withSettings(built.html, options))
  const headers = pageHeaders(options)
  const renderer = servedRenderers(options.renderers ?? {}, options.frameAncestors ?? [])

  const answer = async (asked: Asked): Promise<Answer> => {
    const { method, path } = asked
    if (path === '/session' && method === 'POST') return open(asked)
    if (path === '/session' && method === 'DELETE') return close(asked)
    if (path === '/link' && method === 'POST') return link(asked)
    if (path === '/oidc/start' && method === 'GET' && rounds) return rounds.start(asked)
    if (path === '/oidc/callback' && method === 'GET' && rounds) return rounds.callback(asked)
    if (method !== 'GET' && method !== 'HEAD') return nothingThere(asked)
    // Relative to the prefix itself: nobody has to know what a proxy has stripped.
    const lastPart = options.prefix.split('/').at(-1) ?? ''
    if (path === '') return { status: 302, headers: { ...COMMON_HEADERS, location: `${lastPart}/` } }
    if (path === '/') {
      if (page === undefined) return NOT_BUILT
      const revalidated = { ...headers, 'cache-control': 'no-cache', etag: page.etag }
      if (asked.headers['if-none-match'] === page.etag) return { status: 304, headers: revalidated }
      return sendFile(asked, page, revalidated)
    }
    const file = built?.files.get(path)
    if (file !== undefined) return sendFile(asked, file, { 'cache-control': A_YEAR })
    return (await renderer(asked)) ?? nothingThere(asked)
  }

  return async (asked) => {
    try {
      return await answer(asked)
    } catch (error) {
      if (error instanceof TooLargeError)
        return problem('payload_too_large', 'No call of this page is that long')
      options.muster.logger.error({ err: error }, 'the console could not answer')
      return problem('internal', 'Something went wrong here; the server has logged it')
    }
  }
}

function nothingThere({ method, path }: Asked): Answer {
  return problem('not_found', `There is no ${method} ${path}`)
}

const NOT_BUILT: Answer = {
  status: 404,
  headers: { ...COMMON_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'The console is not built: run `npm run console:build`, then start the server again.\n',
}

/** The page with what it has to know of this server: addresses from where it lies, and how to sign in. */
function withSettings(
  html: string,
  { prefix, api, socketPath, signIn, title, mediaOrigins, renderers }: Checked,
): string {
  const settings = {
    api: relativeTo(prefix, api),
    socketPath: relativeTo(prefix, socketPath),
    prefix,
    title: title ?? 'Muster',
    loginUrl: signIn && 'loginUrl' in signIn ? signIn.loginUrl : null,
    isOidc: signIn !== undefined && 'oidc' in signIn,
    mediaOrigins: mediaOrigins ?? [],
    renderers: Object.keys(renderers ?? {}),
  }
  // Text of a script element ends at the first `</script`, whatever it is in JSON.
  const text = JSON.stringify(settings).replaceAll('<', '\\u003c')
  const place = '<script type="application/json" id="settings">{}</script>'
  if (!html.includes(place)) throw new Error('The page that was built has no place for its settings')
  return html.replace(place, () => place.replace('{}', () => text))
}
