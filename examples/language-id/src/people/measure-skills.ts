/**
 * Makes `skills.json`: how often each scripted person is right about each language they read, on the preamble of the declaration, of which no
 * scenario is cut. They choose between the true language and the three that the models most often take for it there. Run it with
 * `npm run measure-skills` after the cast, an engine or the texts have changed.
 */
import { writeFile } from 'node:fs/promises'
import { shuffle } from '../data/draw.ts'
import { readDeclaration } from '../data/udhr.ts'
import { sharedLanguages } from '../data/udhr-scenarios.ts'
import { cut, wordsOf } from '../data/words.ts'
import { findModel, modelNames } from '../models/models.ts'
import { readerOf, roles } from './cast.ts'
import { choose, judge } from './judge.ts'

const WORDS = 5
const RIVALS = 3
/** Rivals of a language that no model mistakes. */
const LARGE = ['en', 'es', 'ru', 'ar', 'zh']
const SEED = 42

interface HeldOut {
  readonly language: string
  readonly text: string
}

async function heldOutTexts(): Promise<HeldOut[]> {
  const texts: HeldOut[] = []
  for (const language of await sharedLanguages()) {
    const { preamble } = await readDeclaration(language)
    const words = wordsOf(preamble, language)
    for (let first = 0; first + WORDS <= words.length; first += WORDS) {
      texts.push({ language, text: cut(preamble, words, first, WORDS) })
    }
  }
  return texts
}

/** Language → what models take it for, most often first. */
async function rivalsOf(texts: readonly HeldOut[]): Promise<Map<string, string[]>> {
  const mistakes = new Map<string, Map<string, number>>()
  for (const name of modelNames) {
    const model = await findModel(name)
    for (const { language, text } of texts) {
      const answered = (await model?.probe(text))?.language ?? language
      const counts = mistakes.get(language) ?? new Map<string, number>()
      if (answered !== language) counts.set(answered, (counts.get(answered) ?? 0) + 1)
      mistakes.set(language, counts)
    }
  }
  const rivals = new Map<string, string[]>()
  for (const [language, counts] of mistakes) {
    const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([rival]) => rival)
    const others = LARGE.filter((large) => large !== language && !counts.has(large))
    rivals.set(language, [...byCount, ...others].slice(0, RIVALS))
  }
  return rivals
}

const texts = await heldOutTexts()
const rivals = await rivalsOf(texts)
const table = Object.entries(roles).map(([key, role]) => {
  const reader = readerOf(role)
  const records = role.reads.map((language) => {
    const own = texts.filter((text) => text.language === language)
    const candidates = [language, ...(rivals.get(language) ?? [])]
    const right = own.filter(({ text }) => {
      const order = shuffle(candidates, SEED, text)
      return choose(judge(reader, text, order)).language === language
    })
    return [language, { right: right.length, total: own.length }] as const
  })
  return [key, Object.fromEntries(records)] as const
})

await writeFile(
  new URL('skills.json', import.meta.url),
  `${JSON.stringify(Object.fromEntries(table), undefined, 2)}\n`,
)
