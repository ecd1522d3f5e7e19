import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UnauthorizedError, UnavailableError, type UserId } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { type FastifyInstance, fastify, type LightMyRequestResponse as Reply } from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleOptions, musterConsole, type OidcSignIn } from './index.ts'

const NOON = new Date('2029-01-01T12:00:00.000Z')
const CLIENT_SECRET = 'the secret of a client'
const TOKEN = 'good.token.of-the-issuer'
const CODE = 'the-code-of-the-issuer'

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An issuer that says what a test wants. */
class FakeIssuer {
  readonly address: string
  readonly #server: ReturnType<typeof createServer>
  /** How its token endpoint answers, if not with tokens. */
  refusal: readonly [status: number, body: object | string] | undefined
  /** Claims of the next id token, over those that are right. */
  claims: Readonly<Record<string, unknown>> = {}
  methods: readonly string[] = ['client_secret_basic']
  nonce = ''
  isAway = false
  /** What was asked of the token endpoint. */
  asked: { readonly authorization: string | undefined; readonly body: URLSearchParams }[] = []

  static async open(): Promise<FakeIssuer> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const issuer = new FakeIssuer(server)
    onTestFinished(() => issuer.close())
    return issuer
  }

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request, response) => {
      void this.#answer(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      })
    })
  }

  async #answer(request: IncomingMessage): Promise<readonly [number, object | string]> {
    if (this.isAway) return [503, 'Away']
    if (request.url === '/.well-known/openid-configuration')
      return [
        200,
        {
          issuer: this.address,
          authorization_endpoint: `${this.address}/auth`,
          token_endpoint: `${this.address}/token`,
          jwks_uri: `${this.address}/jwks`,
          token_endpoint_auth_methods_supported: this.methods,
        },
      ]
    let body = ''
    for await (const chunk of request) body += String(chunk)
    this.asked.push({
      authorization: request.headers.authorization,
      body: new URLSearchParams(body),
    })
    if (this.refusal) return this.refusal
    const now = NOON.getTime() / 1_000
    const claims = { iss: this.address, sub: 'ann', aud: 'console', iat: now, exp: now + 300, ...this.claims }
    const idToken = `${encoded({ alg: 'RS256' })}.${encoded({ nonce: this.nonce, ...claims })}.c2ln`
    return [200, { access_token: TOKEN, token_type: 'bearer', expires_in: 300, id_token: idToken }]
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

interface Served {
  readonly app: FastifyInstance
  readonly clock: { at: Date }
  /** Everything that was logged, as text. */
  readonly log: string[]
  /** Starts a sign-in, as the page does. */
  readonly start: (query?: string, headers?: Readonly<Record<string, string>>) => Promise<Started>
  readonly back: (query: string, cookie?: string) => Promise<Reply>
}

interface Started {
  readonly reply: Reply
  /** What the issuer is asked. */
  readonly asked: URLSearchParams
  readonly cookies: readonly string[]
  /** The first cookie, as a browser sends it. */
  readonly cookie: string
}

async function served(
  issuer: FakeIssuer,
  oidc: Partial<OidcSignIn['oidc']> = {},
  authenticate: (token: string) => void = () => undefined,
): Promise<Served> {
  const clock = { at: NOON }
  const log: string[] = []
  const say = (...parts: readonly unknown[]): void => {
    log.push(parts.map((part) => (part instanceof Error ? part.stack : JSON.stringify(part))).join(' '))
  }
  const logger = { debug: say, info: say, warn: say, error: say }
  const muster = await createMuster({
    modules: [
      coreModule({ jobTypes: [], logger, clock: { now: () => clock.at, wait: () => new Promise(() => {}) } }),
    ],
  })
  const authenticator = {
    authenticate: async (token: string) => {
      authenticate(token)
      return { userId: 'u' as UserId, role: 'annotator' as const, expiresAt: new Date('2030-01-01') }
    },
  }
  const app = fastify()
  const options: ConsoleOptions = {
    muster,
    authenticator,
    prefix: '/console',
    secret: 'what seals the cookies',
    signIn: { oidc: { issuer: issuer.address, clientId: 'console', clientSecret: CLIENT_SECRET, ...oidc } },
  }
  await app.register(musterConsole, options)
  onTestFinished(async () => {
    await app.close()
    await muster.close()
  })
  return {
    app,
    clock,
    log,
    async start(query = 'page=http://app.example.org/console/', headers = {}) {
      const reply = await app.inject({
        url: `/console/oidc/start?${query}`,
        headers: { host: 'app.example.org', ...headers },
      })
      const cookies = [reply.headers['set-cookie'] ?? []].flat()
      const asked = URL.parse(String(reply.headers.location))?.searchParams ?? new URLSearchParams()
      issuer.nonce = asked.get('nonce') ?? ''
      return { reply, asked, cookies, cookie: cookies[0]?.split(';')[0] ?? '' }
    },
    back: (query, cookie) =>
      app.inject({ url: `/console/oidc/callback?${query}`, headers: cookie === undefined ? {} : { cookie } }),
  }
}

/** Where a reply sends the browser. */
const whereTo = (reply: Reply): unknown => [reply.statusCode, reply.headers.location]

it('asks the issuer with proof of possession, and keeps the verifier from everybody', async () => {
  const issuer = await FakeIssuer.open()
  const { start } = await served(issuer, { scope: 'openid profile', parameters: { audience: 'muster' } })
  const { reply, asked, cookies } = await start()
  expect(reply.statusCode).toBe(302)
  expect(reply.headers['cache-control']).toBe('no-store')
  expect(Object.fromEntries(asked)).toEqual({
    client_id: 'console',
    response_type: 'code',
    redirect_uri: 'http://app.example.org/console/oidc/callback',
    scope: 'openid profile',
    audience: 'muster',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
  expect(cookies).toEqual([
    expect.stringMatching(
      /^muster_oidc_[0-9a-f]{16}=[\w-]+; Max-Age=600; Path=\/console\/oidc; HttpOnly; SameSite=Lax$/,
    ),
  ])
  expect(cookies[0]).not.toContain(asked.get('state'))
})

it('ends in a code that opens the page once within a minute, where somebody was', async () => {
  const issuer = await FakeIssuer.open()
  const { app, clock, start, back } = await served(issuer)
  const open = (code: string): Promise<Reply> =>
    app.inject({
      method: 'POST',
      url: '/console/session',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      payload: { code },
    })
  const signedIn = async (): Promise<string> => {
    const { asked, cookie } = await start('page=http://app.example.org/console/&to=/tasks?q=a%26b')
    const reply = await back(`code=${CODE}&state=${asked.get('state')}`, cookie)
    expect(reply.statusCode).toBe(302)
    expect(String(reply.headers['set-cookie'])).toMatch(
      /^muster_oidc_[0-9a-f]{16}=; Max-Age=0; Path=\/console\/oidc;/,
    )
    return (
      /^\.\.\/#code=([\w-]{22})&to=\/tasks\?q=a&b$/.exec(String(reply.headers.location))?.[1] ??
      String(reply.headers.location)
    )
  }
  const code = await signedIn()
  const opened = await open(code)
  expect(opened.json()).toMatchObject({ token: TOKEN })
  expect(opened.headers['set-cookie']).toContain('SameSite=Strict')
  expect((await open(code)).json().detail).toBe('The link was used already, or is too old')
  const late = await signedIn()
  clock.at = new Date(NOON.getTime() + 60_000)
  expect((await open(late)).statusCode).toBe(401)

  const [call] = issuer.asked
  expect(Object.fromEntries(call?.body ?? [])).toMatchObject({
    grant_type: 'authorization_code',
    code: CODE,
    redirect_uri: 'http://app.example.org/console/oidc/callback',
    code_verifier: expect.stringMatching(/^[\w-]{43}$/),
  })
  expect(Buffer.from(call?.authorization?.slice('Basic '.length) ?? '', 'base64').toString()).toBe(
    `console:${encodeURIComponent(CLIENT_SECRET).replaceAll('%20', '+')}`,
  )
})

it('sends its secret as the issuer takes it, or none', async () => {
  const issuer = await FakeIssuer.open()
  issuer.methods = ['client_secret_post']
  const { start, back } = await served(issuer)
  const { asked, cookie } = await start()
  await back(`code=${CODE}&state=${asked.get('state')}`, cookie)
  expect(issuer.asked[0]?.authorization).toBeUndefined()
  expect(issuer.asked[0]?.body.get('client_secret')).toBe(CLIENT_SECRET)

  const open = await served(issuer, { clientSecret: undefined } as object)
  const begun = await open.start()
  await open.back(`code=${CODE}&state=${begun.asked.get('state')}`, begun.cookie)
  expect(issuer.asked[1]?.authorization).toBeUndefined()
  expect(issuer.asked[1]?.body.has('client_secret')).toBe(false)
})

it('goes silently only if it is asked to', async () => {
  const { start } = await served(await FakeIssuer.open())
  expect((await start()).asked.get('prompt')).toBeNull()
  expect((await start('silent=')).asked.get('prompt')).toBe('none')
})

it('believes the page where it lies if it may, and else what is seen from here', async () => {
  const { start } = await served(await FakeIssuer.open())
  const toldAs = async (page: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    (await start(`page=${encodeURIComponent(page)}`, headers)).asked.get('redirect_uri')
  const own = 'http://app.example.org/console/oidc/callback'
  expect(await toldAs('https://app.example.org/outer/console/')).toBe(
    'https://app.example.org/outer/console/oidc/callback',
  )
  const behindProxy = 'https://public.example.org/outer/console/'
  expect(await toldAs(behindProxy)).toBe(own)
  expect(await toldAs(behindProxy, { 'sec-fetch-site': 'cross-site' })).toBe(own)
  expect(await toldAs(behindProxy, { 'sec-fetch-site': 'same-origin' })).toBe(`${behindProxy}oidc/callback`)
  for (const lie of [
    'http://app.example.org/elsewhere/',
    'http://me@app.example.org/console/',
    'http://app.example.org/console/?x',
    'http://app.example.org/x;Domain=evil/console/',
    'javascript:alert(1)//console/',
    'console/',
  ])
    expect([lie, await toldAs(lie)]).toEqual([lie, own])
})

it('takes an address that its host names in place of all others', async () => {
  const redirectUri = 'https://public.example.org/outer/console/oidc/callback'
  const { start } = await served(await FakeIssuer.open(), { redirectUri })
  const { asked, cookies } = await start('page=http://app.example.org/console/')
  expect(asked.get('redirect_uri')).toBe(redirectUri)
  expect(cookies[0]).toContain('; Path=/outer/console/oidc; HttpOnly; SameSite=Lax; Secure')
})

it('keeps no more than a place of the page on the way', async () => {
  const issuer = await FakeIssuer.open()
  const { start, back } = await served(issuer)
  for (const to of [
    '//\r\nset-cookie: x',
    'https://evil.example.org',
    'x',
    `/${'x'.repeat(1_024)}`,
    '/a b',
  ]) {
    const { asked, cookie } = await start(`to=${encodeURIComponent(to)}`)
    const reply = await back(`code=${CODE}&state=${asked.get('state')}`, cookie)
    expect([to, reply.headers.location]).toEqual([to, expect.stringMatching(/^\.\.\/#code=[\w-]{22}$/)])
  }
})

it('refuses an answer that is replayed, late, of another browser, or of no sign-in', async () => {
  const issuer = await FakeIssuer.open()
  const { clock, start, back } = await served(issuer)
  const first = await start()
  const second = await start()
  const query = `code=${CODE}&state=${first.asked.get('state')}`
  const refused = [302, '../#sign-in=state']
  expect(whereTo(await back(query))).toEqual(refused)
  expect(whereTo(await back(query, second.cookie))).toEqual(refused)
  expect(whereTo(await back(`code=${CODE}`, first.cookie))).toEqual(refused)
  // The name says nothing without what was sealed.
  const [name = ''] = first.cookie.split('=')
  expect(whereTo(await back(query, `${name}=${second.cookie.split('=')[1]}`))).toEqual(refused)
  expect(whereTo(await back(query, `${name}=x`))).toEqual(refused)
  clock.at = new Date(NOON.getTime() + 600_000)
  expect(whereTo(await back(query, first.cookie))).toEqual(refused)
  expect(issuer.asked).toEqual([])
})

it('lets several sign-ins of one browser go on side by side, and forgets them if they are many', async () => {
  const issuer = await FakeIssuer.open()
  const { start, back } = await served(issuer)
  const first = await start()
  const second = await start('', { cookie: first.cookie })
  expect(second.cookies).toHaveLength(1)
  issuer.nonce = first.asked.get('nonce') ?? ''
  const reply = await back(
    `code=${CODE}&state=${first.asked.get('state')}`,
    `${second.cookie}; ${first.cookie}`,
  )
  expect(reply.headers.location).toContain('#code=')
  const many = Array.from({ length: 8 }, (_, n) => `muster_oidc_${n}=x`)
  const { cookies } = await start('', { cookie: many.join('; ') })
  expect(cookies.slice(1)).toEqual(
    many.map((_, n) => expect.stringMatching(`^muster_oidc_${n}=; Max-Age=0;`)),
  )
})

const FAULTS: readonly (readonly [string, string, (issuer: FakeIssuer) => void, string])[] = [
  ['the person refuses', 'denied', () => undefined, 'error=access_denied'],
  ['nobody is signed in there', 'login', () => undefined, 'error=login_required'],
  ['the issuer is out of order', 'issuer_away', () => undefined, 'error=temporarily_unavailable'],
  ['the issuer does not know the scope', 'misconfigured', () => undefined, 'error=invalid_scope'],
  [
    'its secret is wrong',
    'misconfigured',
    (issuer) => {
      issuer.refusal = [401, { error: 'invalid_client' }]
    },
    `code=${CODE}`,
  ],
  [
    'the code was used already',
    'misconfigured',
    (issuer) => {
      issuer.refusal = [400, { error: 'invalid_grant', error_description: 'used' }]
    },
    `code=${CODE}`,
  ],
  [
    'a proxy answers for the issuer',
    'issuer_away',
    (issuer) => {
      issuer.refusal = [502, 'Bad gateway']
    },
    `code=${CODE}`,
  ],
  [
    'the id token is for another client',
    'misconfigured',
    (issuer) => {
      issuer.claims = { aud: 'another' }
    },
    `code=${CODE}`,
  ],
  [
    'the id token is of another sign-in',
    'misconfigured',
    (issuer) => {
      issuer.nonce = 'another'
    },
    `code=${CODE}`,
  ],
  [
    'the clock of the issuer is behind',
    'clock',
    (issuer) => {
      issuer.claims = { exp: NOON.getTime() / 1_000 - 60 }
    },
    `code=${CODE}`,
  ],
]

it.each(FAULTS)('says so if %s: %s', async (_, fault, arrange, answer) => {
  const issuer = await FakeIssuer.open()
  const { log, start, back } = await served(issuer)
  const { asked, cookie } = await start('to=/queue')
  arrange(issuer)
  const state = asked.get('state') ?? ''
  const reply = await back(`${answer}&state=${state}`, cookie)
  expect(whereTo(reply)).toEqual([302, `../#sign-in=${fault}&to=/queue`])
  const said = log.filter((line) => line.includes('a sign-in by the issuer failed'))
  // A person who changes their mind is no fault of anybody's.
  expect(said).toHaveLength(['denied', 'login'].includes(fault) ? 0 : 1)
  for (const secret of [CODE, TOKEN, CLIENT_SECRET, state, cookie, issuer.nonce])
    expect([secret, log.join('\n').includes(secret)]).toEqual([secret, false])
})

it('says so if the API does not take the token, and logs why', async () => {
  const issuer = await FakeIssuer.open()
  const { log, start, back } = await served(issuer, {}, () => {
    throw new UnauthorizedError('aud is not muster')
  })
  const { asked, cookie } = await start()
  expect(whereTo(await back(`code=${CODE}&state=${asked.get('state')}`, cookie))).toEqual([
    302,
    '../#sign-in=refused',
  ])
  expect(log.join('\n')).toContain('aud is not muster')
  expect(log.join('\n')).not.toContain(TOKEN)
})

it('says so if the keys of the issuer cannot be had, or something fails here', async () => {
  const issuer = await FakeIssuer.open()
  for (const [error, fault] of [
    [new UnavailableError('no keys', {}), 'issuer_away'],
    [new Error('broken'), 'server'],
  ] as const) {
    const { start, back } = await served(issuer, {}, () => {
      throw error
    })
    const { asked, cookie } = await start()
    const reply = await back(`code=${CODE}&state=${asked.get('state')}`, cookie)
    expect(whereTo(reply)).toEqual([302, `../#sign-in=${fault}`])
  }
})

it('says so if the issuer is away, and finds it once it is back', async () => {
  const issuer = await FakeIssuer.open()
  const away = await served(issuer, { issuer: 'http://127.0.0.1:9' })
  expect(whereTo((await away.start('to=/queue')).reply)).toEqual([302, '../#sign-in=issuer_away&to=/queue'])

  const { start } = await served(issuer)
  issuer.isAway = true
  expect(whereTo((await start()).reply)).toEqual([302, '../#sign-in=issuer_away'])
  issuer.isAway = false
  expect((await start()).asked.get('client_id')).toBe('console')
})

it('leaves these addresses to nobody without an issuer', async () => {
  const issuer = await FakeIssuer.open()
  const { app } = await served(issuer)
  for (const [method, url] of [
    ['POST', '/console/oidc/start'],
    ['GET', '/console/oidc'],
    ['POST', '/console/oidc/callback'],
  ] as const)
    expect([url, (await app.inject({ method, url })).statusCode]).toEqual([url, 404])
})

it('names what cannot be meant', async () => {
  const issuer = await FakeIssuer.open()
  for (const [oidc, message] of [
    [{ issuer: 'http://login.example.org' }, /signIn\.oidc\.issuer must be the https address/],
    [{ issuer: 'https://:secret@login.example.org' }, /signIn\.oidc\.issuer must be the https address/],
    [{ issuer: 'https://me:secret@login.example.org' }, /signIn\.oidc\.issuer must be/],
    [{ scope: 'profile' }, /signIn\.oidc\.scope must be a text of scopes with openid/],
    [{ clientId: '' }, /signIn\.oidc\.clientId must be a text that is not empty/],
    [{ clientSecrets: 'x' } as object, /signIn\.oidc\.clientSecrets is not known: did you mean clientSecret/],
    [{ parameters: { state: 'x' } }, /signIn\.oidc\.parameters must be/],
    [{ redirectUri: 'https://app.example.org/console/' }, /signIn\.oidc\.redirectUri must be/],
  ] as const)
    await expect(served(issuer, oidc)).rejects.toThrow(message)
})
