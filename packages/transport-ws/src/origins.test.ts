import { describe, expect, it } from 'vitest'
import { isOfHost, normalOrigin, originsOf } from './origins.ts'

describe('a page', () => {
  it.each([
    ['https://m.example.org', 'm.example.org'],
    ['https://m.example.org', 'm.example.org:443'],
    ['https://m.example.org:443', 'm.example.org'],
    ['http://m.example.org', 'm.example.org:80'],
    ['https://M.Example.org', 'm.example.ORG'],
    ['https://m.example.org.', 'm.example.org'],
    ['https://m.example.org', 'm.example.org.:443'],
    ['https://m.example.org:8443', 'm.example.org:8443'],
    ['http://[::1]:3000', '[::1]:3000'],
    ['http://[::1]', '[0:0:0:0:0:0:0:1]:80'],
    ['http://127.0.0.1:3000', '127.0.0.1:3000'],
    ['https://xn--mnchen-3ya.example', 'xn--mnchen-3ya.example:443'],
  ])('of %s is of the server asked as %s', (origin, host) => {
    expect(isOfHost(origin, host)).toBe(true)
  })

  it.each([
    ['https://m.example.org', 'm.example.org:80'],
    ['http://m.example.org', 'm.example.org:443'],
    ['https://m.example.org', 'other.example.org'],
    ['https://m.example.org.evil.example', 'm.example.org'],
    ['https://evil.example', 'm.example.org@evil.example'],
    ['https://m.example.org', 'm.example.org/path'],
    ['https://m.example.org:8443', 'm.example.org'],
    ['http://[::1]:3000', '[::2]:3000'],
    ['null', 'm.example.org'],
    ['file://m.example.org', 'm.example.org'],
    ['https://m.example.org', ''],
    ['https://m.example.org', undefined],
  ])('of %s is not of the server asked as %s', (origin, host) => {
    expect(isOfHost(origin, host)).toBe(false)
  })
})

it('takes names of origins in every spelling, and refuses what is none', () => {
  const named = originsOf(['https://App.example.org:443', 'http://localhost:5173'])
  expect(named).toEqual(new Set(['https://app.example.org', 'http://localhost:5173']))
  for (const origin of [
    '*',
    'null',
    'https://*.example.org',
    '',
    'app.example.org',
    'https://app.example.org/',
    'https://a.example/b',
  ])
    expect(() => originsOf([origin])).toThrow(TypeError)
  expect(normalOrigin('https://app.example.org.')).toBe('https://app.example.org')
})
