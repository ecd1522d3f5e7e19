import type { LanguageModel } from './model.ts'

/** Each is imported by its first probe: to read the tables of all takes half a second. */
const LOADERS: Readonly<Record<string, () => Promise<LanguageModel>>> = {
  franc: async () => (await import('./franc.ts')).loadFranc(),
  eld: async () => (await import('./eld.ts')).loadEld(),
  cld3: async () => (await import('./cld3.ts')).loadCld3(),
  fasttext: async () => (await import('./fasttext.ts')).loadFasttext(),
}

/** The models that `probe:scenario` knows, in the order in which they are shown. */
export const modelNames: readonly string[] = Object.keys(LOADERS)

const loaded = new Map<string, Promise<LanguageModel>>()

/** The model of that name, loaded once in this process; `undefined` where there is none. A load that failed is tried again by the next call. */
export async function findModel(name: string): Promise<LanguageModel | undefined> {
  const present = loaded.get(name)
  if (present !== undefined) return present
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined
  if (load === undefined) return undefined
  const loading = load()
  loaded.set(name, loading)
  loading.catch(() => loaded.delete(name))
  return loading
}
