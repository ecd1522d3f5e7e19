import { describe, expect, it } from 'vitest'
import { trustedPages } from './origins.ts'

const ofHost = trustedPages([])

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
  ])('is trusted if it is of %s and the server was asked as %s', (origin, host) => {
    expect(ofHost({ origin, host })).toBe(true)
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
  ])('is not trusted if it is of %s and the server was asked as %s', (origin, host) => {
    expect(ofHost({ origin, host })).toBe(false)
  })
})

it('trusts pages of the origins that are named, in every spelling, and refuses a name that is none', () => {
  const trusts = trustedPages(['https://App.example.org:443', 'http://localhost:5173'])
  const host = 'api.example.org'
  for (const origin of ['https://app.example.org', 'https://app.example.org.', 'http://localhost:5173'])
    expect(trusts({ origin, host, 'sec-fetch-site': 'cross-site' })).toBe(true)
  expect(trusts({ origin: 'https://other.example.org', host })).toBe(false)
  for (const origin of [
    '*',
    'null',
    'https://*.example.org',
    '',
    'app.example.org',
    'https://app.example.org/',
    'https://a.example/b',
  ])
    expect(() => trustedPages([origin])).toThrow(TypeError)
})

it.each([
  ['same-origin', true],
  ['none', true],
  ['same-site', false],
  ['cross-site', false],
])('believes a browser that says its page is %s', (site, trusted) => {
  // A proxy may have changed Host; a page of HTTP is not one of HTTPS at the same host.
  for (const headers of [
    { origin: 'https://m.example.org', host: 'inside:8080' },
    { origin: 'http://m.example.org', host: 'm.example.org' },
    { host: 'm.example.org' },
  ])
    expect(ofHost({ ...headers, 'sec-fetch-site': site })).toBe(trusted)
})

it('trusts callers that are no page', () => {
  expect(ofHost({ host: 'm.example.org' })).toBe(true)
})
