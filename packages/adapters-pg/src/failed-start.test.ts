import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnavailableError } from '@muster/core'
import { BROADCAST, coreModule, createMuster, JOB_QUEUE, MUSTER, PERSISTENCE } from '@muster/host'
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify'
import { expect, it, onTestFinished } from 'vitest'
import { pgModule } from './pg-module.ts'
import { emptyPGlite, putEmptyDatabase } from './pglite/pglite-template.test.support.ts'

const OWN = Symbol.for('test.Own') as ServiceIdentifier<string>

function ownContainer(): Container {
  const container = new Container({ defaultScope: 'Singleton' })
  container.bind(OWN).toConstantValue('own')
  return container
}

function isBare(container: Container): boolean {
  return ![MUSTER, PERSISTENCE, BROADCAST, JOB_QUEUE].some((token) => container.isBound(token))
}

/** A port at which nobody gets an answer, and the connections that were made to it. */
async function brokenServer(): Promise<{ readonly url: string; readonly open: Set<Socket> }> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => undefined)
    socket.once('data', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `postgres://muster@127.0.0.1:${(server.address() as AddressInfo).port}/muster`, open }
}

it('leaves the container of a host as it was if the database is away, and starts in it once that is back', async () => {
  const container = ownContainer()
  const { url, open } = await brokenServer()
  for (let attempt = 0; attempt < 2; attempt++) {
    const modules = [coreModule(), pgModule({ connectionString: url })]
    await expect(createMuster({ container, modules })).rejects.toBeInstanceOf(UnavailableError)
    expect(isBare(container)).toBe(true)
    expect(open.size).toBe(0)
  }
  const pglite = await emptyPGlite()
  onTestFinished(() => pglite.close())
  const muster = await createMuster({ container, modules: [coreModule(), pgModule({ pglite })] })
  expect(await muster.projects.add({ name: 'p' })).toMatchObject({ name: 'p' })
  expect([container.get(OWN), container.get(MUSTER) === muster]).toEqual(['own', true])
  await muster.close()
  await container.unbindAllAsync()
})

it('starts with the very same modules that failed before', async () => {
  const container = ownContainer()
  const directory = await mkdtemp(join(tmpdir(), 'muster-failed-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const folder = join(directory, 'data')
  await writeFile(folder, 'a file')
  const modules = [coreModule(), pgModule({ pglite: folder })]
  await expect(createMuster({ container, modules })).rejects.toThrow(folder)
  await rm(folder)
  await putEmptyDatabase(folder)
  const muster = await createMuster({ container, modules })
  await muster.persistence.check()
  await muster.close()
})

it('takes back what other modules opened, whichever of them fails', async () => {
  const failing = new ContainerModule(() => {
    throw new Error('no')
  })
  const container = ownContainer()
  const pglite = await emptyPGlite()
  onTestFinished(() => pglite.close())
  await expect(createMuster({ container, modules: [pgModule({ pglite }), failing] })).rejects.toThrow('no')
  expect(isBare(container)).toBe(true)

  const refusing = new ContainerModule(({ bind }) => {
    bind(JOB_QUEUE).toDynamicValue(() => {
      throw new Error('no broker')
    })
  })
  const modules = [coreModule(), pgModule({ pglite }), refusing]
  await expect(createMuster({ container, modules })).rejects.toThrow('no broker')
  expect(isBare(container)).toBe(true)
  await (await createMuster({ container })).close()
})
