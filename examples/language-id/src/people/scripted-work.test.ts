import { describe, expect, it } from 'vitest'
import { cast, roles } from './cast.ts'
import { type Engine, engines } from './engines.ts'
import { choose, judge, type Reader } from './judge.ts'
import { answer } from './scripted-work.ts'

/** Somebody who reads Danish, Norwegian and Yoruba, with an engine that knows the first two and Swedish and gives `weights`. */
function reader(weights: Readonly<Record<string, number>>, change: Partial<Reader> = {}): Reader {
  const engine: Engine = {
    impressions: () => Object.entries(weights).map(([language, weight]) => ({ language, weight })),
    knows: new Set(['da', 'no', 'sv']),
  }
  return { engine, reads: ['da', 'no', 'yo'], ...change }
}

describe('a scripted person', () => {
  it('chooses the candidate that most speaks for, not what speaks for more outside of them', () => {
    expect(
      answer(reader({ sv: 0.9, no: 0.5, da: 0.4 }), 'x', ['da', 'no'], { stepType: 'annotation' }),
    ).toEqual({
      label: 'no',
    })
  })

  it('chooses by elimination what they read and their engine does not know', () => {
    const weak = reader({ sv: 1, no: 0.5 })
    expect(choose(judge(weak, 'x', ['no', 'yo'])).language).toBe('yo')
    const strong = reader({ no: 1 })
    expect(choose(judge(strong, 'x', ['no', 'yo'])).language).toBe('no')
  })

  it('takes a language for its kin if they read the one alone', () => {
    expect(choose(judge(reader({ sv: 1 }, { takesFor: { sv: 'no' } }), 'x', ['da', 'no'])).language).toBe(
      'no',
    )
  })

  it('takes the first if nothing speaks for any', () => {
    expect(choose(judge(reader({}), 'x', ['no', 'da'])).language).toBe('no')
    expect(() => choose([])).toThrow(RangeError)
  })

  it('decides an adjudication as they judge', () => {
    expect(answer(reader({ da: 1 }), 'x', ['no', 'da'], { stepType: 'adjudication' })).toEqual({
      label: 'da',
    })
  })

  it('accepts in review what they would have said, and what they find as likely', () => {
    const accepted = { verdict: 'accept' }
    expect(
      answer(reader({ da: 1, no: 0.3 }), 'x', ['da', 'no'], { stepType: 'review', label: 'da' }),
    ).toEqual(accepted)
    expect(
      answer(reader({ da: 1, no: 0.97 }), 'x', ['da', 'no'], { stepType: 'review', label: 'no' }),
    ).toEqual(accepted)
  })

  it('returns what they judge otherwise, and says how', () => {
    expect(
      answer(reader({ da: 1, no: 0.3 }), 'x', ['da', 'no'], { stepType: 'review', label: 'no' }),
    ).toEqual({
      verdict: 'return',
      comment: 'I read this as Danish (da)',
    })
  })

  it('gives in to a reviewer who may be right, and to no other', () => {
    const comment = 'I read this as Norwegian (no)'
    const work = { stepType: 'annotation', comment } as const
    expect(answer(reader({ da: 1, no: 0.8 }), 'x', ['da', 'no'], work)).toEqual({ label: 'no' })
    expect(answer(reader({ da: 1, no: 0.2 }), 'x', ['da', 'no'], work)).toEqual({ label: 'da' })
    expect(
      answer(reader({ da: 1, no: 0.9 }), 'x', ['da', 'no'], { ...work, comment: 'please look again' }),
    ).toEqual({
      label: 'da',
    })
  })
})

describe('the cast', () => {
  it('is marked as scripted, everywhere', () => {
    expect(cast).toHaveLength(10)
    expect(cast.every(({ scripted, displayName }) => scripted && displayName.endsWith('(scripted)'))).toBe(
      true,
    )
  })

  it('has a measured level in every language that somebody reads', () => {
    const levels = (skills: Readonly<Record<string, number>>) => Object.keys(skills).sort()
    for (const { key, skills } of cast) {
      expect(levels(skills)).toEqual([...(roles[key]?.reads ?? [])].sort())
      expect(Object.values(skills).every((level) => [1, 2, 3, 4, 5].includes(level))).toBe(true)
    }
  })

  it('has two who read Yoruba, one of them away', () => {
    const readers = cast.filter(({ skills }) => 'yo' in skills)
    expect(readers.map(({ status }) => status).sort()).toEqual(['active', 'away'])
  })

  it('gives the same answer to the same question', () => {
    const text = 'Alle mennesker er født frie og lige i værdighed og rettigheder.'
    for (const person of cast) {
      const first = person.answer(text, ['no', 'da'], { stepType: 'annotation' })
      expect(person.answer(text, ['no', 'da'], { stepType: 'annotation' })).toEqual(first)
    }
    expect(cast[0]?.answer(text, ['no', 'da'], { stepType: 'annotation' })).toEqual({ label: 'da' })
  })
})

describe('the engines', () => {
  it.each(Object.entries(engines))(
    '%s hears German in German, and says which languages it knows',
    (_name, engine) => {
      const [best] = engine.impressions('Alle Menschen sind frei und gleich an Würde und Rechten geboren.')
      expect(best?.language).toBe('de')
      expect(engine.knows).toContain('de')
      expect(engine.knows).toContain('no')
      expect(engine.knows).not.toContain('yo')
    },
  )

  it.each(Object.values(engines))('have no impression of what holds no words', (engine) => {
    for (const text of ['', '123 456', '…']) expect(engine.impressions(text)).toBeInstanceOf(Array)
  })
})
