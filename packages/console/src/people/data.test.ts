import { expect, it } from 'vitest'
import { matching, type Person, stateOf } from './data.ts'

const person = (displayName: string, wish: Partial<Person> = {}): Person => ({
  userId: displayName,
  displayName,
  avatarUrl: null,
  role: 'annotator',
  status: 'active',
  scripted: false,
  skills: {},
  live: 0,
  limit: 5,
  lastDay: { submitted: 0, medianSeconds: null, returned: 0, declined: 0 },
  quality: [],
  paused: null,
  present: false,
  lastSeenAt: null,
  ...wish,
})

const PAUSED = { since: '2026-01-01T00:00:00Z', reason: 'manager', by: null, words: 'Too fast' } as const

it('finds people by status, pause, presence, skill and name', () => {
  const people = [
    person('Ann', { skills: { nl: 4 }, present: true }),
    person('Ben', { paused: PAUSED }),
    person('Cleo', { status: 'suspended', paused: PAUSED, skills: { da: 2 } }),
  ]
  const names = (filters: object): string[] => matching(people, filters).map(({ displayName }) => displayName)
  expect(people.map(stateOf)).toEqual(['active', 'paused', 'suspended'])
  expect(names({})).toEqual(['Ann', 'Ben', 'Cleo'])
  expect(names({ status: 'here' })).toEqual(['Ann'])
  expect(names({ status: 'paused' })).toEqual(['Ben'])
  expect(names({ skill: 'da' })).toEqual(['Cleo'])
  expect(names({ q: 'E', status: 'suspended' })).toEqual(['Cleo'])
})
