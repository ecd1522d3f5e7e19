import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import zopfli from '@gfx/zopfli'
import { defineConfig, type Plugin, type Rolldown } from 'vite'
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
    async writeBundle(_options, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const at = join(folder, name)
        const plain = readFileSync(at)
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        }
        writeFileSync(`${at}.br`, brotliCompressSync(plain, { params }))
        // Three in a hundred fewer bytes than zlib's best, for those who take no brotli.
        writeFileSync(`${at}.gz`, await zopfli.gzipAsync(plain, { numiterations: 5 }))
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

/** Of marked the page takes the lexer: what writes HTML hangs on an instance that is made unasked, and falls away without it. */
const lexerAlone: Plugin = {
  name: 'lexer-alone',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('marked/lib/marked.esm.js')) return null
    const [, lexer] = /export\{[^}]*\b(\w+) as Lexer\b/.exec(code) ?? []
    const end = code.search(/var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse\(/)
    if (lexer === undefined || end === -1) this.error('marked is not laid out as it was')
    return { code: `${code.slice(0, end)}export{${lexer} as Lexer};`, map: null }
  },
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
        Array.from(chunks.values()).flatMap(({ fileName, moduleIds }) =>
          moduleIds.flatMap((id) => {
            const page = /src\/(?:my-)?(\w+)\/page\.tsx$/.exec(id)?.[1]
            return page === undefined ? [] : [[page, Array.from(withImports(fileName, new Set()))] as const]
          }),
        ),
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

/** Elements as calls that take their children one by one: they are shorter than those that take a list. */
const elementsByCalls: Plugin = {
  name: 'elements-by-calls',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('.tsx') ? `import { h as element, Fragment } from 'preact'\n${code}` : null,
}

/**
 * Of an object the names of its members stay in what is built, twice for each text. Texts that are exports of their own file are put where they are
 * used, and one that nobody uses falls away.
 */
const textsApart: Plugin = {
  name: 'texts-apart',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/console\/src\/.*\.tsx?$/.test(id)) return null
    if (id.endsWith('/words.ts')) return membersAsExports(this.parse(code, { lang: 'ts' }), code)
    return namespaces(code)
  },
}

/** A file of texts with each member of `WORDS` as an export. */
function membersAsExports(program: ReturnType<Rolldown.PluginContext['parse']>, code: string): string {
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration?.type !== 'VariableDeclaration') continue
    const [declared] = node.declaration.declarations
    if (declared?.id.type !== 'Identifier' || declared.id.name !== 'WORDS') continue
    const { init } = declared
    const texts = init?.type === 'TSAsExpression' ? init.expression : init
    if (texts?.type !== 'ObjectExpression') continue
    const apart = texts.properties.map((property) => {
      if (property.type !== 'Property' || property.key.type !== 'Identifier')
        throw new Error('WORDS has more than texts by name')
      const { key, value } = property
      return `const $${key.name} = ${code.slice(value.start, value.end)}\nexport { $${key.name} as ${key.name} }`
    })
    return `${code.slice(0, node.start)}${apart.join('\n')}${code.slice(node.end)}`
  }
  return code
}

const namespaces = (code: string): string =>
  code.replaceAll(/import \{([^}]*)\} from '([^']*\/words\.ts)'/g, (all, names: string, from: string) => {
    const others = names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== 'WORDS')
    if (!/\bWORDS\b/.test(names)) return all
    const rest = others.length === 0 ? '' : `\nimport { ${others.join(', ')} } from '${from}'`
    return `import * as WORDS from '${from}'${rest}`
  })

/** What pages of lists and figures stand on, and Work does not. */
const LISTS = new RegExp(
  `src/(${[
    'design/(ago|chart|clock|confirm|drawer|empty|field|figures|filter-bar|filters|interval|interval-row|job-outcome|loading|menu|narrow|new-button)',
    'design/(page-head|panel|pictured|plain-table|plot|positions|priority|priority-field|progress|state|strangers)',
    'design/(scorer|table|tabs|ticks|trouble|virtual-rows)',
    'feed/(completed-runs|list-window|listed|members|plan|polled|reading|selection|told)',
    'keys/page-keys',
    'api/(answered|download|lines|once|saving)',
    'forms/item-shown',
  ].join('|')})\\.tsx?$`,
)

/** Pages that are seldom opened without their kin: they say much the same, and compress better in one file. */
const KIN = [
  ['runs', 'run', 'feed/entities'],
  ['tasks', 'task'],
  ['compare', 'calibrate'],
  ['schedules', 'imports', 'api/upload'],
  ['jobs', 'system'],
  ['project', 'people'],
  ['limits', 'usage'],
] as const

export default defineConfig({
  root: here('src/app'),
  base: './',
  resolve: { conditions: ['@muster/source', 'module', 'browser', 'development|production'] },
  plugins: [
    withoutNode,
    websocketAlone,
    lexerAlone,
    withoutClashes,
    layeredInOrder,
    earlyFirst,
    elementsByCalls,
    textsApart,
    compressedInAdvance(),
  ],
  oxc: { jsx: { runtime: 'classic', pragma: 'element', pragmaFrag: 'Fragment' } },
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
              test: /src\/(?:design\/(?:table|virtual-rows|positions|narrow|filter-bar|filters|menu|tabs|confirm|drawer|empty|field|loading|figures|panel|progress|plain-table|page-head|priority|priority-field|strangers|trouble|ago|clock|state)|feed\/(?:list-window|listed|selection|reading|members)|keys\/page-keys|api\/once)\.(?:tsx?|css)$/,
              includeDependenciesRecursively: false,
            },
            ...KIN.map((folders) => ({
              name: 'page',
              test: new RegExp(`/src/(?:${folders.join('|')})[/.]`),
              includeDependenciesRecursively: false,
            })),
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
