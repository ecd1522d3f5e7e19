import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, carelessSettings, readConfiguration, unknownSettings } from './configuration.ts'

const SECRET = 'a secret of more than thirty-two characters'
const DATABASE_URL = 'postgres://muster:hidden@db.example.org/muster'

describe('readConfiguration', () => {
  it('runs everything on an embedded database on this machine alone if nothing is said', () => {
    expect(readConfiguration({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      loopback: true,
      storage: { kind: 'pglite', directory: resolve('.muster') },
      roles: new Set(['api', 'worker', 'scheduler']),
      trust: { kind: 'development' },
      tokens: { audience: false, issuer: false, userClaim: 'sub', roleClaim: 'role' },
      demo: false,
      demoPace: null,
      workerConcurrency: undefined,
      shutdownSeconds: 25,
      drainSeconds: 0,
      base: '',
      corsOrigins: [],
      consoleSecret: undefined,
      mediaOrigins: [],
      requestsPerMinute: 6000,
      keepEventsHours: 72,
      holdEventsHours: 168,
      exportsFolder: resolve('.muster/exports'),
      webhookAllow: [],
      keepDraftsDays: 30,
      tracing: false,
      logLevel: 'info',
    })
  })

  it('reads every variable', () => {
    const configuration = readConfiguration({
      HOST: '0.0.0.0',
      PORT: '8080',
      DATABASE_URL,
      MUSTER_POSTGRES_PREPARED: '0',
      MUSTER_POSTGRES_CONNECTIONS: '4',
      MUSTER_ROLES: 'api, worker',
      MUSTER_JWT_SECRET: SECRET,
      MUSTER_JWT_AUDIENCE: 'muster, other',
      MUSTER_JWT_ISSUER: 'https://login.example.org/',
      MUSTER_JWT_USER_CLAIM: 'oid',
      MUSTER_JWT_ROLE_CLAIM: 'realm_access.roles',
      MUSTER_JWT_ROLES: 'muster-admins=admin, all=annotator',
      MUSTER_DEMO: '1',
      MUSTER_DEMO_PACE: '12.5',
      MUSTER_WORKER_CONCURRENCY: '8',
      MUSTER_SHUTDOWN_SECONDS: '3',
      MUSTER_DRAIN_SECONDS: '7.5',
      MUSTER_BASE: '/muster/',
      MUSTER_CORS_ORIGINS: 'https://app.example.org,http://localhost:5173',
      MUSTER_RATE_LIMIT: '0',
      MUSTER_EVENT_KEEP_HOURS: '0.5',
      MUSTER_EVENT_HOLD_HOURS: '1.5',
      MUSTER_EXPORTS_DIR: '/srv/exports',
      MUSTER_WEBHOOK_ALLOW: '10.1.0.0/16, fd00::/8',
      MUSTER_CONSOLE_SECRET: 'another secret of more than thirty-two characters',
      MUSTER_MEDIA_ORIGINS: 'https://media.example.org',
      MUSTER_DRAFT_KEEP_DAYS: '7',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      LOG_LEVEL: 'debug',
    })
    expect(configuration).toEqual({
      host: '0.0.0.0',
      port: 8080,
      loopback: false,
      storage: {
        kind: 'postgres',
        connectionString: DATABASE_URL,
        preparedStatements: false,
        connections: 4,
      },
      roles: new Set(['api', 'worker']),
      trust: { kind: 'secret', secret: SECRET },
      tokens: {
        audience: ['muster', 'other'],
        issuer: ['https://login.example.org/'],
        userClaim: 'oid',
        roleClaim: 'realm_access.roles',
        roles: { 'muster-admins': 'admin', all: 'annotator' },
      },
      demo: true,
      demoPace: 12.5,
      workerConcurrency: 8,
      shutdownSeconds: 3,
      drainSeconds: 7.5,
      base: '/muster',
      corsOrigins: ['https://app.example.org', 'http://localhost:5173'],
      consoleSecret: 'another secret of more than thirty-two characters',
      mediaOrigins: ['https://media.example.org'],
      requestsPerMinute: 0,
      keepEventsHours: 0.5,
      holdEventsHours: 1.5,
      exportsFolder: '/srv/exports',
      webhookAllow: ['10.1.0.0/16', 'fd00::/8'],
      keepDraftsDays: 7,
      tracing: true,
      logLevel: 'debug',
    })
  })

  it('writes exports beside the embedded database, and with Postgres where it is told to alone', () => {
    expect(readConfiguration({ MUSTER_DATA_DIR: '/data' }).exportsFolder).toBe('/data/exports')
    const env = { DATABASE_URL, MUSTER_JWT_SECRET: SECRET }
    expect(readConfiguration(env).exportsFolder).toBeUndefined()
    expect(readConfiguration({ ...env, MUSTER_EXPORTS_DIR: '/srv' }).exportsFolder).toBe('/srv')
    expect(() =>
      readConfiguration({ ...env, MUSTER_EXPORTS_DIR: '/srv', MUSTER_POSTGRES_CONNECTIONS: '1' }),
    ).toThrow('MUSTER_EXPORTS_DIR needs two connections')
  })

  it('takes an issuer by which people sign in to the console', () => {
    const env = {
      MUSTER_JWKS_URL: 'https://login.example.org/jwks',
      MUSTER_JWT_AUDIENCE: 'muster',
      MUSTER_JWT_ISSUER: 'https://login.example.org',
      MUSTER_CONSOLE_SECRET: SECRET,
      MUSTER_OIDC_ISSUER: 'https://login.example.org',
      MUSTER_OIDC_CLIENT_ID: 'console',
    }
    expect(readConfiguration(env).oidc).toEqual({
      issuer: 'https://login.example.org',
      clientId: 'console',
    })
    expect(
      readConfiguration({
        ...env,
        MUSTER_OIDC_CLIENT_SECRET: ' kept to the letter ',
        MUSTER_OIDC_SCOPE: 'openid profile',
        MUSTER_OIDC_PARAMETERS: 'audience=muster, resource=https://muster.example.org?a=b',
        MUSTER_OIDC_REDIRECT_URI: 'https://app.example.org/console/oidc/callback',
      }).oidc,
    ).toEqual({
      issuer: 'https://login.example.org',
      clientId: 'console',
      clientSecret: ' kept to the letter ',
      scope: 'openid profile',
      parameters: { audience: 'muster', resource: 'https://muster.example.org?a=b' },
      redirectUri: 'https://app.example.org/console/oidc/callback',
    })
    const refusal = (more: Record<string, string | undefined>): string => {
      try {
        readConfiguration({ ...env, ...more })
        return ''
      } catch (error) {
        return String(error)
      }
    }
    expect(refusal({ MUSTER_OIDC_ISSUER: undefined })).toContain(
      'MUSTER_OIDC_CLIENT_ID needs MUSTER_OIDC_ISSUER',
    )
    expect(refusal({ MUSTER_OIDC_CLIENT_ID: undefined })).toContain(
      'MUSTER_OIDC_ISSUER needs MUSTER_OIDC_CLIENT_ID',
    )
    expect(refusal({ MUSTER_CONSOLE_SECRET: undefined })).toContain(
      'MUSTER_OIDC_ISSUER needs MUSTER_CONSOLE_SECRET',
    )
    expect(refusal({ MUSTER_OIDC_ISSUER: 'http://login.example.org' })).toContain(
      'MUSTER_OIDC_ISSUER must be https, unless it is on this machine',
    )
    for (const [name, value] of [
      ['MUSTER_OIDC_ISSUER', 'https://:hidden@login.example.org'],
      ['MUSTER_OIDC_ISSUER', 'https://login.example.org/?realm=hidden'],
      ['MUSTER_OIDC_REDIRECT_URI', 'https://me:hidden@app.example.org/console/oidc/callback'],
    ] as const) {
      const words = refusal({ [name]: value })
      expect(words).toContain(`${name} must have no user, password, query (?) or fragment (#) in it`)
      expect(words).not.toContain('hidden')
    }
    expect(refusal({ MUSTER_OIDC_SCOPE: 'profile' })).toContain('MUSTER_OIDC_SCOPE must have openid')
    expect(refusal({ MUSTER_OIDC_PARAMETERS: 'audience' })).toContain(
      'MUSTER_OIDC_PARAMETERS must be a comma list such as audience=muster',
    )
    expect(refusal({ MUSTER_OIDC_PARAMETERS: 'audience=muster, state=x' })).toContain(
      'MUSTER_OIDC_PARAMETERS must name none of client_id, ',
    )
  })

  it('traces with any exporter but none', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }
    expect(readConfiguration({ OTEL_TRACES_EXPORTER: 'console' }).tracing).toBe(true)
    expect(readConfiguration({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }).tracing).toBe(false)
  })

  it('takes an empty variable for an absent one', () => {
    expect(readConfiguration({ PORT: '', DATABASE_URL: '', MUSTER_JWT_SECRET: '' })).toEqual(
      readConfiguration({}),
    )
  })

  it('gives the demo a folder of its own, unless it is told another', () => {
    const storageOf = (env: Record<string, string>) => readConfiguration({ MUSTER_DEMO: '1', ...env }).storage
    expect(storageOf({})).toEqual({ kind: 'pglite', directory: resolve('.muster-demo') })
    expect(storageOf({ MUSTER_DATA_DIR: 'x' })).toEqual({ kind: 'pglite', directory: resolve('x') })
  })

  it('leaves out blanks at the ends, and lets be what Kubernetes makes of a service', () => {
    const env = {
      PORT: ' 8080\n',
      MUSTER_SERVICE_HOST: '10.0.0.7',
      MUSTER_SERVICE_PORT_HTTP: '80',
      MUSTER_PORT: 'tcp://10.0.0.7:80',
      MUSTER_PORT_80_TCP_ADDR: '10.0.0.7',
      MUSTER_SOMETHING_OF_OTHERS: '1',
    }
    expect(readConfiguration(env)).toEqual(readConfiguration({ PORT: '8080' }))
  })

  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('takes %s for this machine alone', (HOST) => {
    expect(readConfiguration({ HOST }).loopback).toBe(true)
  })

  it('takes keys of an issuer in the place of a secret', () => {
    const jwksUrl = 'https://login.example.org/keys'
    const held = { MUSTER_JWT_AUDIENCE: 'muster', MUSTER_JWT_ISSUER: 'https://login.example.org/' }
    const configuration = readConfiguration({ DATABASE_URL, MUSTER_JWKS_URL: jwksUrl, ...held })
    expect(configuration.trust).toEqual({ kind: 'jwks', jwksUrl })
    expect(configuration.tokens).toMatchObject({
      audience: ['muster'],
      issuer: ['https://login.example.org/'],
    })
    expect(carelessSettings(configuration)).toEqual([])
  })

  it('starts where the command of callers is set up', () => {
    const env = { DATABASE_URL, MUSTER_JWT_SECRET: SECRET, MUSTER_URL: 'http://h', MUSTER_TOKEN: 't' }
    expect(() => readConfiguration(env)).not.toThrow()
  })

  it('warns of each check of tokens that is switched off, and of keys that come without encryption', () => {
    const careless = readConfiguration({
      MUSTER_JWKS_URL: 'http://login.example.org/keys',
      MUSTER_JWT_AUDIENCE: 'none',
      MUSTER_JWT_ISSUER: 'none',
    })
    expect(careless.tokens).toMatchObject({ audience: false, issuer: false })
    expect(
      unknownSettings({
        MUSTER_IMAGE_TAG: 'v1',
        MUSTER_PORT_80_TCP: 'tcp://h:80',
        HOST: 'h',
        MUSTER_BLANK: ' ',
        MUSTER_URL: 'https://muster.example.com',
        MUSTER_TOKEN: 'of a caller',
      }),
    ).toEqual([expect.stringContaining('MUSTER_IMAGE_TAG is not known and does nothing')])
    expect(carelessSettings(careless)).toEqual([
      expect.stringContaining('MUSTER_JWT_AUDIENCE is none'),
      expect.stringContaining('MUSTER_JWT_ISSUER is none'),
      expect.stringContaining('MUSTER_JWKS_URL is http'),
    ])
  })

  it.each<[why: string, env: Record<string, string>, ...named: string[]]>([
    ['a port that is no number', { PORT: 'http' }, 'PORT must be an integer from 0 to 65535'],
    ['a port out of range', { PORT: '65536' }, 'PORT must be an integer'],
    [
      'a database of another kind',
      { DATABASE_URL: 'mysql://db/muster' },
      'DATABASE_URL must be a URL such as postgres://',
    ],
    [
      'no connection at all',
      { MUSTER_POSTGRES_CONNECTIONS: '0' },
      'MUSTER_POSTGRES_CONNECTIONS must be an integer from 1 to 1000',
    ],
    [
      'a role that does not exist',
      { MUSTER_ROLES: 'api,cook' },
      'MUSTER_ROLES must be a comma list of api, worker, scheduler',
    ],
    ['no role at all', { MUSTER_ROLES: ',' }, 'MUSTER_ROLES must name at least one'],
    [
      'a short secret',
      { MUSTER_JWT_SECRET: 'short' },
      'MUSTER_JWT_SECRET must have at least 32 characters',
      'openssl rand',
    ],
    [
      'an issuer that is no URL',
      { MUSTER_JWKS_URL: 'login' },
      'MUSTER_JWKS_URL must be a URL such as https://',
    ],
    [
      'statements that are half prepared',
      { MUSTER_POSTGRES_PREPARED: 'no' },
      'MUSTER_POSTGRES_PREPARED must be 1',
    ],
    ['a demo that is neither on nor off', { MUSTER_DEMO: 'yes' }, 'MUSTER_DEMO must be 1', 'or 0'],
    [
      'a demo that stands still',
      { MUSTER_DEMO_PACE: '0' },
      'MUSTER_DEMO_PACE must be a number of jobs a second',
    ],
    [
      'no concurrency',
      { MUSTER_WORKER_CONCURRENCY: '0' },
      'MUSTER_WORKER_CONCURRENCY must be an integer from 1',
    ],
    [
      'a negative wait',
      { MUSTER_SHUTDOWN_SECONDS: '-1' },
      'MUSTER_SHUTDOWN_SECONDS must be a number of seconds',
    ],
    [
      'an origin with a path',
      { MUSTER_CORS_ORIGINS: 'https://a.example/x' },
      'MUSTER_CORS_ORIGINS has https://a.example/x',
      'no origin',
    ],
    ['a negative rate', { MUSTER_RATE_LIMIT: '-5' }, 'MUSTER_RATE_LIMIT must be an integer from 0'],
    [
      'keeping events for no time',
      { MUSTER_EVENT_KEEP_HOURS: '0' },
      'MUSTER_EVENT_KEEP_HOURS must be a number of hours',
    ],
    [
      'keeping events for longer than dates go',
      { MUSTER_EVENT_KEEP_HOURS: '100000000' },
      'MUSTER_EVENT_KEEP_HOURS must be a number of hours',
    ],
    ['a pace beyond all numbers', { MUSTER_DEMO_PACE: '9'.repeat(400) }, 'MUSTER_DEMO_PACE must be a number'],
    [
      'a Redis database that is no number',
      { DATABASE_URL, MUSTER_JWT_SECRET: SECRET, REDIS_URL: 'redis://:hidden@h/abc' },
      'REDIS_URL must end with the number of a database',
    ],
    ['a base without a slash', { MUSTER_BASE: 'muster' }, 'MUSTER_BASE must be a path', '/muster'],
    ['a drain without an end', { MUSTER_DRAIN_SECONDS: '1e9' }, 'MUSTER_DRAIN_SECONDS must be a number'],
    ['a secret with a line break', { MUSTER_JWT_SECRET: `${SECRET}\n` }, 'MUSTER_JWT_SECRET has a blank'],
    ['a name that is misspelled', { MUSTER_ROLE: 'api' }, 'MUSTER_ROLE is not known', 'MUSTER_ROLES?'],
    ['letters that are swapped', { MUSTER_JTW_SECRET: SECRET }, 'did you mean MUSTER_JWT_SECRET?'],
    ['a name in small letters', { muster_base: '/x' }, 'muster_base is not known: did you mean MUSTER_BASE?'],
    ['a prefix too many', { MUSTER_PORT: '3000' }, 'MUSTER_PORT is not known: did you mean PORT?'],
    ['a log level that does not exist', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error'],
    [
      'Redis beside an embedded database',
      { REDIS_URL: 'redis://cache:6379' },
      'REDIS_URL needs DATABASE_URL',
      'one process',
    ],
    ['Postgres without a secret', { DATABASE_URL }, 'DATABASE_URL', 'MUSTER_JWT_SECRET', 'MUSTER_JWKS_URL'],
    [
      'the world without a secret',
      { HOST: '0.0.0.0' },
      'HOST 0.0.0.0',
      'MUSTER_JWT_SECRET',
      'MUSTER_JWKS_URL',
      '127.0.0.1',
    ],
    [
      'a name that stands for two roles',
      { MUSTER_JWT_SECRET: SECRET, MUSTER_JWT_ROLES: 'all=admin,all=annotator' },
      'MUSTER_JWT_ROLES gives all two roles',
    ],
    [
      'no role at all',
      { MUSTER_JWT_SECRET: SECRET, MUSTER_JWT_ROLES: ' , ' },
      'MUSTER_JWT_ROLES must be a comma list',
    ],
    [
      'a pattern of origins, which would match none',
      { MUSTER_CORS_ORIGINS: 'https://*.example.org' },
      'MUSTER_CORS_ORIGINS has https://*.example.org, which is no origin',
    ],
    [
      'keys of an issuer behind a password',
      { MUSTER_JWKS_URL: 'https://user:word@a.example/keys' },
      'MUSTER_JWKS_URL must have no user or password',
    ],
    [
      'keys of an issuer for any program',
      { MUSTER_JWKS_URL: 'https://a.example/keys' },
      'MUSTER_JWKS_URL needs MUSTER_JWT_AUDIENCE',
      'MUSTER_JWKS_URL needs MUSTER_JWT_ISSUER',
      'none',
    ],
    [
      'an audience that is none and another',
      { MUSTER_JWT_SECRET: SECRET, MUSTER_JWT_AUDIENCE: 'none,muster' },
      'MUSTER_JWT_AUDIENCE must be',
    ],
    [
      'an audience of commas alone',
      { MUSTER_JWT_SECRET: SECRET, MUSTER_JWT_AUDIENCE: ' , ' },
      'MUSTER_JWT_AUDIENCE must be',
    ],
    [
      'a role that is none of ours',
      { MUSTER_JWT_SECRET: SECRET, MUSTER_JWT_ROLES: 'boss=chief' },
      'MUSTER_JWT_ROLES must be a comma list such as muster-admins=admin',
    ],
    [
      'an audience of the development tokens',
      { MUSTER_JWT_AUDIENCE: 'muster' },
      'MUSTER_JWT_AUDIENCE needs MUSTER_JWT_SECRET or MUSTER_JWKS_URL',
    ],
    [
      'two ways to verify tokens',
      { MUSTER_JWT_SECRET: SECRET, MUSTER_JWKS_URL: 'https://a.example/keys' },
      'MUSTER_JWT_SECRET and MUSTER_JWKS_URL exclude',
    ],
  ])('refuses %s', (_why, env, ...named) => {
    const problem = problemsOf(env).join('\n')
    for (const part of named) expect(problem).toContain(part)
  })

  it('names all that is wrong at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'loud' })).toHaveLength(2)
  })

  it('never repeats what may hold a password', () => {
    expect(problemsOf({ DATABASE_URL }).join()).not.toContain('hidden')
    expect(problemsOf({ DATABASE_URL: 'mysql://muster:hidden@db' }).join()).not.toContain('hidden')
  })
})

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfiguration(env)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  throw new Error('The configuration was taken')
}
