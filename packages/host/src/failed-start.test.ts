import { MisconfiguredError } from '@muster/core'
import type { Logger } from '@muster/core/ports'
import { ContainerModule } from 'inversify'
import { expect, it } from 'vitest'
import { coreModule, createMuster, LOGGER, PERSISTENCE } from './index.ts'

function told(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = []
  const line = (fields: object, message: string): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { lines, logger: { debug: () => undefined, info: () => undefined, warn: line, error: line } }
}

function failing(error: Error): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toDynamicValue(async () => {
      throw error
    })
  })
}

it('leaves one line of a start that fails, without what the error was called with', async () => {
  const { lines, logger } = told()
  const error = Object.assign(new Error('the disk is on fire'), { command: { args: ['hidden'] } })
  const modules = [coreModule({ logger }), failing(error)]
  await expect(createMuster({ modules })).rejects.toBe(error)
  expect(lines).toEqual([expect.stringContaining('Muster did not start: the disk is on fire')])
  expect(lines.join()).not.toContain('hidden')
})

it('leaves the line on the logger of the container, if core was not loaded', async () => {
  const { lines, logger } = told()
  const bound = new ContainerModule(({ bind }) => {
    bind(LOGGER).toConstantValue(logger)
    throw new Error('no such module')
  })
  await expect(createMuster({ modules: [bound] })).rejects.toThrow('no such module')
  expect(lines).toHaveLength(1)
})

it('leaves no line if a person is told what to change', async () => {
  const { lines, logger } = told()
  const modules = [coreModule({ logger }), failing(new MisconfiguredError('Put the password right'))]
  await expect(createMuster({ modules })).rejects.toThrow('Put the password right')
  const own = Object.assign(new Error('Choose another folder'), { misconfigured: true })
  await expect(createMuster({ modules: [coreModule({ logger }), failing(own)] })).rejects.toBe(own)
  expect(lines).toEqual([])
})
