import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import { clashes } from './src/keys/clashes.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Beside each file, what it is in the encodings that browsers take; fonts are compressed already. */
function compressedInAdvance(): Plugin {
  let folder = ''
  return {
    name: 'compressed-in-advance',
    apply: 'build',
    configResolved({ build }) {
      folder = build.outDir
    },
    writeBundle(_options, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const at = join(folder, name)
        const plain = readFileSync(at)
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        }
        writeFileSync(`${at}.br`, brotliCompressSync(plain, { params }))
        writeFileSync(`${at}.gz`, gzipSync(plain, { level: 9 }))
      }
    },
  }
}

const LAYERS = '@layer tokens, base, components, pages;'

/**
 * Each file of styles begins with the order of the layers. Whichever a browser reads first decides it, and which that is depends on what pages
 * happen to share.
 */
const layeredInOrder: Plugin = {
  name: 'layered-in-order',
  apply: 'build',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'asset' && file.fileName.endsWith('.css'))
        file.source = `${LAYERS}${typeof file.source === 'string' ? file.source : new TextDecoder().decode(file.source)}`
  },
}

/** Core checks that it runs on a Node that is new enough; a browser is none. */
const withoutNode: Plugin = {
  name: 'without-node',
  enforce: 'pre',
  resolveId: (source) => (source.endsWith('/node-version.ts') ? '\0no-node' : null),
  load: (id) => (id === '\0no-node' ? { code: '', moduleSideEffects: false } : null),
}

/** The client of the feed asks for WebSocket alone, so the other transports of engine.io are left out. */
const websocketAlone: Plugin = {
  name: 'websocket-alone',
  enforce: 'pre',
  transform: (_code, id) =>
    id.endsWith('engine.io-client/build/esm/transports/index.js')
      ? "import { WS as websocket } from './websocket.js'\nexport const transports = { websocket }"
      : null,
}

/**
 * What runs early stands before the page's own script, and knows the files of each page: they travel while that script is read, not once it
 * runs.
 */
const earlyFirst: Plugin = {
  name: 'early-first',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const chunks = new Map(
        Object.values(bundle).flatMap((file) =>
          file.type === 'chunk' ? [[file.fileName, file] as const] : [],
        ),
      )
      const withImports = (name: string, found: Set<string>): Set<string> => {
        const chunk = chunks.get(name)
        if (chunk === undefined || chunk.isEntry || found.has(name)) return found
        found.add(name)
        for (const other of chunk.imports) withImports(other, found)
        return found
      }
      const parts = Object.fromEntries(
        Array.from(chunks.values()).flatMap(({ fileName, facadeModuleId }) => {
          const page = /src\/(?:my-)?(\w+)\/page\.tsx$/.exec(facadeModuleId ?? '')?.[1]
          return page === undefined ? [] : [[page, Array.from(withImports(fileName, new Set()))]]
        }),
      )
      const early = Array.from(chunks.values()).find(({ name, isEntry }) => isEntry && name === 'early')
      if (early === undefined) throw new Error('Nothing runs early')
      return [
        {
          tag: 'script',
          attrs: { type: 'module', crossorigin: true, blocking: 'render', src: `./${early.fileName}` },
          injectTo: 'head-prepend',
        },
        {
          tag: 'script',
          attrs: { type: 'application/json', id: 'parts' },
          children: JSON.stringify(parts),
          injectTo: 'head',
        },
      ]
    },
  },
}

/** A key with two deeds is a fault of the page, so none is built. */
const withoutClashes: Plugin = {
  name: 'without-clashes',
  buildStart() {
    const found = clashes()
    if (found.length > 0) this.error(`Keys with two deeds: ${found.join('; ')}`)
  },
}

/** What pages of lists and figures stand on, and Work does not. */
const LISTS = new RegExp(
  `src/(${[
    'design/(ago|chart|clock|confirm|drawer|empty|field|figures|filter-bar|filters|loading|menu|narrow)',
    'design/(page-head|panel|plain-table|positions|priority|priority-field|progress|state|strangers)',
    'design/(table|tabs|trouble|virtual-rows)',
    'feed/(list-window|members|reading|selection|told)',
    'keys/page-keys',
    'api/once',
    'forms/item-shown',
  ].join('|')})\\.tsx?$`,
)

export default defineConfig({
  root: here('src/app'),
  base: './',
  resolve: { conditions: ['@muster/source', 'module', 'browser', 'development|production'] },
  plugins: [withoutNode, websocketAlone, withoutClashes, layeredInOrder, earlyFirst, compressedInAdvance()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('assets'),
    emptyOutDir: true,
    assetsDir: 'files',
    assetsInlineLimit: 0,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: here('src/app/index.html'), early: here('src/app/early.ts') },
      output: {
        codeSplitting: {
          groups: [
            // Runs before all else, and needs nothing else.
            {
              name: 'early',
              test: /src\/(?:app\/(?:early|look)|api\/(?:settings|session-call))\.ts$/,
              priority: 1,
              includeDependenciesRecursively: false,
            },
            // One file for what the page begins with compresses better than one for each set of pages that share a part of it.
            { name: 'frame', tags: ['$initial'] },
            // The same for what Work shares with pages that show an item.
            {
              name: 'shown',
              test: /src\/(?:api\/key|design\/(?:json-view|scrolls|words|links|markdown\.tsx)|forms\/(?:form|asked|pointer|text|chat|code|diff|spans|marked-text|table|shown)\.tsx?)/,
              includeDependenciesRecursively: false,
            },
            // And for what pages with lists share: a browser asks a server for six files at a time.
            {
              name: 'lists',
              test: /src\/(?:design\/(?:table|virtual-rows|positions|narrow|filter-bar|filters|menu|tabs|confirm|drawer|empty|field|loading|figures|panel|progress|plain-table|page-head|priority|priority-field|strangers|trouble|ago|clock|state)|feed\/(?:list-window|selection|reading|members)|keys\/page-keys|api\/once)\.(?:tsx?|css)$/,
              includeDependenciesRecursively: false,
            },
            // And for what the pages of managers share.
            {
              name: 'lists',
              test: LISTS,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
      onLog(level, log, handler) {
        // Of core the page takes a few functions; what of it needs Node falls away with the rest.
        if (!log.message.includes('externalized for browser compatibility')) handler(level, log)
      },
    },
  },
})
