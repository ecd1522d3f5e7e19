import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { Answer, Asked } from './answer.ts'
import { COMMON_HEADERS } from './policy.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
}

/** What a renderer may do: run its own files, and nothing that leaves its frame. */
function rendererPolicy(frameAncestors: readonly string[]): string {
  return [
    'sandbox allow-scripts',
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'none'",
    "form-action 'none'",
    // Everything around the page is an ancestor, too.
    `frame-ancestors ${["'self'", ...frameAncestors].join(' ')}`,
  ].join('; ')
}

/**
 * Serves the renderers of a host below `/renderers/<name>/`. The files there are when this is called are those that are served; what they hold is read
 * each time.
 * @throws TypeError naming a renderer without a page
 */
export function servedRenderers(
  renderers: Readonly<Record<string, string>>,
  frameAncestors: readonly string[],
): (asked: Asked) => Promise<Answer | undefined> {
  const files = new Map<string, string>()
  for (const [name, folder] of Object.entries(renderers)) {
    if (!existsSync(join(folder, 'index.html')))
      throw new TypeError(`renderers.${name} must be a folder with an index.html, and there is none in it`)
    const below = `/renderers/${encodeURIComponent(name)}/`
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const at = join(entry.parentPath, entry.name)
      if (!entry.isFile() || TYPES[extname(at)] === undefined) continue
      const path = at.slice(join(folder, sep).length).split(sep).map(encodeURIComponent).join('/')
      files.set(below + path, at)
      if (path === 'index.html') files.set(below, at)
    }
  }
  const headers = {
    ...COMMON_HEADERS,
    'content-security-policy': rendererPolicy(frameAncestors),
    'cache-control': 'no-cache',
    // The frame has no origin, so its own files come from another one as far as browsers are concerned.
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
  }
  return async ({ method, path, headers: { 'if-none-match': known } }) => {
    const at = files.get(path)
    if (at === undefined) return undefined
    const body = await readFile(at)
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    if (known === etag) return { status: 304, headers: { ...headers, etag } }
    return {
      status: 200,
      headers: {
        ...headers,
        etag,
        'content-type': TYPES[extname(at)] ?? '',
        'content-length': String(body.length),
      },
      ...(method === 'HEAD' ? {} : { body }),
    }
  }
}
