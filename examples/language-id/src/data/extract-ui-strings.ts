/**
 * Makes `ui-strings.json`: strings of 3–6 words from the interface texts of `@uppy/locales` (MIT, see NOTICE). Run it with
 * `npm run extract-ui-strings` after that package has changed.
 */
import { writeFile } from 'node:fs/promises'
import type { UiString } from './ui-scenarios.ts'
import { wordsOf } from './words.ts'

/** Language → its file. Where there are several, the one that matches the text of the declaration. */
const FILES: Readonly<Record<string, string>> = {
  ar: 'ar_SA',
  bg: 'bg_BG',
  ca: 'ca_ES',
  cs: 'cs_CZ',
  da: 'da_DK',
  de: 'de_DE',
  el: 'el_GR',
  en: 'en_US',
  es: 'es_ES',
  fa: 'fa_IR',
  fi: 'fi_FI',
  fr: 'fr_FR',
  he: 'he_IL',
  hi: 'hi_IN',
  hr: 'hr_HR',
  hu: 'hu_HU',
  it: 'it_IT',
  ja: 'ja_JP',
  ko: 'ko_KR',
  ms: 'ms_MY',
  nl: 'nl_NL',
  no: 'nb_NO',
  pl: 'pl_PL',
  pt: 'pt_PT',
  ro: 'ro_RO',
  ru: 'ru_RU',
  sk: 'sk_SK',
  sr: 'sr_RS_Cyrillic',
  sv: 'sv_SE',
  th: 'th_TH',
  tr: 'tr_TR',
  uk: 'uk_UA',
  vi: 'vi_VN',
  zh: 'zh_CN',
}

const LOCALES = import.meta.resolve('@uppy/locales/package.json')

const LEAST_WORDS = 3
const MOST_WORDS = 6

interface Locale {
  readonly default: { readonly strings: Readonly<Record<string, string | Readonly<Record<string, string>>>> }
}

/** What is put in when the string is shown is no text of the language: strings with a `%{name}` are left out. */
const PLACEHOLDER = /%\{/u

async function stringsOf(language: string): Promise<Map<string, string>> {
  const file = new URL(`lib/${FILES[language]}.js`, LOCALES)
  const { default: locale }: Locale = await import(file.href)
  const strings = new Map<string, string>()
  for (const [key, value] of Object.entries(locale.strings)) {
    const text = (typeof value === 'string' ? value : (value['0'] ?? '')).replace(/\s+/gu, ' ').trim()
    const words = wordsOf(text, language).length
    if (words < LEAST_WORDS || words > MOST_WORDS || PLACEHOLDER.test(text)) continue
    strings.set(key, text.normalize('NFC'))
  }
  return strings
}

const english = new Set((await stringsOf('en')).values())
const extracted: UiString[] = []
for (const language of Object.keys(FILES)) {
  const seen = new Set<string>()
  for (const [key, text] of await stringsOf(language)) {
    // Some strings were never translated, and some keys share one text.
    if ((language !== 'en' && english.has(text)) || seen.has(text)) continue
    seen.add(text)
    extracted.push({ language, key, text })
  }
}

const lines = extracted.map((string) => `  ${JSON.stringify(string)}`)
await writeFile(new URL('ui-strings.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
