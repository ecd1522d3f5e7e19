import { loadCld3 } from './cld3.ts'
import { loadEld } from './eld.ts'
import { loadFasttext } from './fasttext.ts'
import { loadFranc } from './franc.ts'
import type { LanguageModel } from './model.ts'

const LOADERS: Readonly<Record<string, () => Promise<LanguageModel>>> = {
  franc: loadFranc,
  eld: loadEld,
  cld3: loadCld3,
  fasttext: loadFasttext,
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
