/**
 * Codes that the registry of language tags keeps apart from, or gives another name than, the one language that this
 * evaluation asks for: members of macrolanguages (Norwegian, Malay, Arabic, Chinese, Persian, Azerbaijani) and Filipino.
 */
const ONE_LANGUAGE: Readonly<Record<string, string>> = {
  nb: 'no',
  nn: 'no',
  zlm: 'ms',
  zsm: 'ms',
  fil: 'tl',
  tl: 'tl',
  tgl: 'tl',
  arz: 'ar',
  yue: 'zh',
  wuu: 'zh',
  azb: 'az',
  // The registry says Serbian in Latin letters; whoever answers so has not decided between Croatian, Bosnian and Serbian.
  sh: 'sh',
  hbs: 'sh',
}

/**
 * The one code of a language here: ISO 639-1 where there is one, else ISO 639-3, without script or region; null for no language (`und`, or
 * empty). Takes ISO 639-1 and 639-3 codes and BCP 47 tags, old ones too (`iw`). `als` is Tosk Albanian, as ISO 639-3 has it: what lid.176 calls so
 * must be turned into `gsw` before.
 *
 * @throws RangeError for what is no language tag
 */
export function languageOf(tag: string): string | null {
  if (tag === '') return null
  const [first = ''] = tag.toLowerCase().split('-')
  const own = ONE_LANGUAGE[first]
  if (own !== undefined) return own
  const [canonical = ''] = Intl.getCanonicalLocales(tag)
  const [language = ''] = canonical.split('-')
  if (language === 'und') return null
  return ONE_LANGUAGE[language] ?? language
}

/** The languages of `tags`, each once. */
export function languagesOf(tags: Iterable<string>): ReadonlySet<string> {
  const languages = [...tags].map(languageOf).filter((language) => language !== null)
  return new Set(languages)
}

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' })

/** English name of a language by its code here, such as `Yoruba` for `yo`. */
export function languageName(language: string): string {
  return names.of(language) ?? language
}
