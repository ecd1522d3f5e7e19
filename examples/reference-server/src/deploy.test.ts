import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfiguration, unknownSettings } from './configuration.ts'

// The compose file, without an engine.

const ROOT = new URL('../../../', import.meta.url)

/** Variables of the environment as the image sets them. */
const IN_IMAGE = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  PORT: '3000',
  MUSTER_DATA_DIR: '/data',
  NODE_COMPILE_CACHE: '/data/.compiled',
  MUSTER_DEMO: '0',
}

it('gives the processes of the compose file what their configuration takes', async () => {
  const text = await readFile(new URL('../deploy/compose.yaml', import.meta.url), 'utf8')
  const given = (environment: Record<string, string>): Record<string, string> => {
    const named: Record<string, string> = { MUSTER_JWT_SECRET: 's'.repeat(40), POSTGRES_PASSWORD: 'secret' }
    const filled = Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(?<variable>\w+):(?:\?|-)(?<otherwise>[^}]*)\}/g, (_, variable, otherwise) =>
        String(named[variable] ?? otherwise),
      ),
    ])
    return { ...IN_IMAGE, ...Object.fromEntries(filled) }
  }
  const { services } = parse(text, { merge: true }) as {
    services: Record<string, { image: string; environment: Record<string, string>; read_only?: boolean }>
  }
  const ours = Object.entries(services).filter(([, { image }]) => image.includes('muster'))
  expect(ours.map(([name]) => name)).toEqual(['api', 'worker', 'scheduler'])
  for (const [name, { environment, read_only: isReadOnly }] of ours) {
    const env = given(environment)
    expect(unknownSettings(env)).toEqual([])
    expect(readConfiguration(env)).toMatchObject({
      roles: new Set([name]),
      storage: { kind: 'postgres', connectionString: 'postgres://muster:secret@postgres:5432/muster' },
      redisUrl: undefined,
    })
    expect(isReadOnly).toBe(true)
  }
  const containerfile = await readFile(new URL('Containerfile', ROOT), 'utf8')
  const set = [...containerfile.matchAll(/(?:^ENV |^ {4})(?<name>[A-Z_]+)=(?<value>\S+)/gm)]
  expect(Object.fromEntries(set.map(({ groups }) => [groups?.['name'], groups?.['value']]))).toEqual(IN_IMAGE)
})
