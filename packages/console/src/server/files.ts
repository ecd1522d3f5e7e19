import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Answer, Asked } from './answer.ts'
import { COMMON_HEADERS } from './policy.ts'

/** Where the build puts what browsers get; it lies beside both the sources and what is compiled of them. */
const ASSETS: string = fileURLToPath(new URL('../../assets/', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** A file in each encoding that it is sent in. */
interface Encoded {
  readonly type: string
  readonly plain: Buffer
  readonly br?: Buffer | undefined
  readonly gzip?: Buffer | undefined
}

/** What was built: the page, and the files that it names by their hashes. */
export interface Built {
  readonly html: string
  readonly files: ReadonlyMap<string, Encoded>
}

/** What was built into `folder`; undefined if nothing was. */
export function builtFiles(folder: string = ASSETS): Built | undefined {
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return undefined
  const files = new Map<string, Encoded>()
  const inside = join(folder, 'files')
  for (const name of readdirSync(inside)) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const at = join(inside, name)
    const encoded = (ending: string): Buffer | undefined =>
      existsSync(at + ending) ? readFileSync(at + ending) : undefined
    files.set(`/files/${name}`, { type, plain: readFileSync(at), br: encoded('.br'), gzip: encoded('.gz') })
  }
  return { html: readFileSync(page, 'utf8'), files }
}

/** A page that is made when the server starts, compressed then and there. */
export function pageFile(html: string): Encoded & { readonly etag: string } {
  const plain = Buffer.from(html)
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { type: TYPES['.html'] ?? '', plain, br: brotliCompressSync(plain), gzip: gzipSync(plain), etag }
}

/** The file in the best encoding that the browser takes. */
export function sendFile(asked: Asked, file: Encoded, headers: Readonly<Record<string, string>>): Answer {
  const accepted = new Set(
    String(asked.headers['accept-encoding'] ?? '')
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim().toLowerCase()),
  )
  const encoding =
    file.br && accepted.has('br') ? 'br' : file.gzip && accepted.has('gzip') ? 'gzip' : undefined
  const body = encoding === undefined ? file.plain : (file[encoding] ?? file.plain)
  return {
    status: 200,
    headers: {
      ...COMMON_HEADERS,
      'content-type': file.type,
      vary: 'accept-encoding',
      'content-length': String(body.length),
      ...(encoding && { 'content-encoding': encoding }),
      ...headers,
    },
    ...(asked.method === 'HEAD' ? {} : { body }),
  }
}
