import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProjectId } from '../ids.ts'
import { decodeCursor, encodeCursor, type Position, type Sight } from './cursor.ts'

const sight = fc.constantFrom<Sight>(0, 1, 2)
const projects = fc.array(fc.tuple(fc.uuid(), fc.nat({ max: Number.MAX_SAFE_INTEGER }), sight), {
  maxLength: 20,
})
const since = fc.option(fc.date({ min: new Date(1), max: new Date(2 ** 45), noInvalidDate: true }))
const position: fc.Arbitrary<Position> = fc
  .record({ epoch: fc.uuid(), projects, since })
  .map(({ projects: at, ...rest }) => ({
    ...rest,
    seqs: new Map(at.map(([projectId, seq]) => [projectId as ProjectId, seq])),
    sights: new Map(at.map(([projectId, , sees]) => [projectId as ProjectId, sees])),
  }))

describe('A cursor', () => {
  it('gives back the position it was made from, in letters that fit into a URL', () => {
    fc.assert(
      fc.property(position, (at) => {
        const cursor = encodeCursor(at)
        expect(cursor).toMatch(/^[\w-]+$/)
        expect(decodeCursor(cursor)).toEqual(at)
      }),
    )
  })

  it('is read as it was if it is of an earlier release', () => {
    const cursor = 'AQGYpaAAAHAAgAAAAAAAAAEAAZiloAAAcACAAAAAAAAAAqwCpQ'
    const { seqs, sights } = decodeCursor(cursor)
    expect([...seqs]).toEqual([['0198a5a0-0000-7000-8000-000000000002', 300]])
    expect(sights.size).toBe(0)
  })

  it('is refused by name when it is cut, changed or made up', () => {
    const [epoch, projectId] = [
      '0198a5a0-0000-7000-8000-000000000001',
      '0198a5a0-0000-7000-8000-000000000002',
    ]
    const cursor = encodeCursor({
      epoch,
      seqs: new Map([[projectId as ProjectId, 300]]),
      sights: new Map([[projectId as ProjectId, 1]]),
      since: null,
    })
    const wrong = [
      '',
      'cursor',
      cursor.slice(1),
      cursor.slice(0, -2),
      `${cursor}AA`,
      cursor.replace('A', 'B'),
      '{}',
      '🦊',
    ]
    for (const text of wrong) expect(() => decodeCursor(text)).toThrow(/after is no cursor/)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(() => decodeCursor(text)).toThrow(/after is no cursor/)
      }),
    )
  })
})
