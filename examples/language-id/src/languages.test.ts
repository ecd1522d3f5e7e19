import { describe, expect, it } from 'vitest'
import { languageName, languageOf, languagesOf } from './languages.ts'

describe('languageOf', () => {
  it.each([
    ['deu', 'de'],
    ['nob', 'no'],
    ['nno', 'no'],
    ['nb', 'no'],
    ['arb', 'ar'],
    ['cmn', 'zh'],
    ['zh-Latn', 'zh'],
    ['zlm', 'ms'],
    ['iw', 'he'],
    ['fil', 'tl'],
    ['tgl', 'tl'],
    ['pes', 'fa'],
    ['prs', 'fa'],
    ['azj', 'az'],
    ['ekk', 'et'],
    ['lvs', 'lv'],
    ['swh', 'sw'],
    ['pt-BR', 'pt'],
    ['als', 'sq'],
    ['gsw', 'gsw'],
    ['sh', 'sh'],
    ['id', 'id'],
  ])('brings %s to %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language)
  })

  it.each(['und', ''])('knows that "%s" is no language', (tag) => {
    expect(languageOf(tag)).toBeNull()
  })

  it('refuses what is no tag', () => {
    expect(() => languageOf('not a code')).toThrow(RangeError)
  })
})

it('counts a language of several codes once', () => {
  expect(languagesOf(['nob', 'nno', 'und', 'de'])).toEqual(new Set(['no', 'de']))
})

it('names languages in English', () => {
  expect(['yo', 'no', 'sr'].map(languageName)).toEqual(['Yoruba', 'Norwegian', 'Serbian'])
})
