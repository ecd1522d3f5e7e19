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
  plugins: [withoutNode, websocketAlone, withoutClashes, layeredInOrder, compressedInAdvance()],
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
      output: {
        codeSplitting: {
          groups: [
            // One file for what the page begins with compresses better than one for each set of pages that share a part of it.
            { name: 'frame', tags: ['$initial'] },
            // The same for what Work shares with pages that show an item.
            {
              name: 'shown',
              test: /src\/(?:design\/(?:json-view|scrolls|words|links|markdown\.tsx)|forms\/(?:form|asked|pointer|text|chat|code|diff|spans|marked-text|table|shown)\.tsx?)/,
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
