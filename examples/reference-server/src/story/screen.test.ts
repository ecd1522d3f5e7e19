import { describe, expect, it } from 'vitest'
import { table, terminalScreen } from './screen.ts'

describe('terminalScreen', () => {
  it('says plain lines and draws nothing if there is no terminal', () => {
    const written: string[] = []
    const screen = terminalScreen({ write: (text: string) => written.push(text) > 0 })
    screen.draw(['a bar'])
    screen.say('one', 'two')
    screen.settle()
    expect(written.join('')).toBe('one\ntwo\n')
    expect(screen.live).toBe(false)
  })
})

describe('table', () => {
  it('sets names to the left and numbers to the right', () => {
    const lines = table(
      ['model', 'right', 'of'],
      [
        ['franc', '93 %', 10],
        ['eld', '–', 1200],
      ],
    ).split('\n')
    expect(lines.map((line) => line.trimEnd())).toEqual([
      ' model  right    of',
      ' franc   93 %    10',
      ' eld        –  1200',
    ])
  })
})
