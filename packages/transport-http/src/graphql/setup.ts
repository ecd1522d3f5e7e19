import type { DatabaseDescription } from '@muster/core/ports'
import type { Setup } from '../served.ts'
import { builder } from './builder.ts'
import { allow } from './context.ts'

const DatabaseType = builder.objectRef<DatabaseDescription>('Database').implement({
  fields: (t) => ({
    server: t.exposeString('server', { description: 'Its name and version.' }),
    migrations: t.exposeInt('migrations', { description: 'How many were applied.' }),
    latestMigration: t.exposeString('latestMigration'),
  }),
})

const CheckType = builder
  .objectRef<{ readonly name: string; readonly isWell: boolean }>('BackendCheck')
  .implement({
    fields: (t) => ({ name: t.exposeString('name'), isWell: t.exposeBoolean('isWell') }),
  })

const SystemType = builder.objectRef<Setup>('System').implement({
  description: 'What is served here, on what, and by which rules.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Of Muster.' }),
    checks: t.field({
      type: [CheckType],
      description: 'How each backend is, the database first.',
      resolve: ({ checks }) =>
        Object.entries(checks).map(([name, health]) => ({ name, isWell: health === 'ok' })),
    }),
    database: t.expose('database', {
      type: DatabaseType,
      nullable: true,
      description: 'null: all is kept in memory.',
    }),
    keepEventsHours: t.exposeFloat('keepEventsHours'),
    keepDraftsDays: t.exposeFloat('keepDraftsDays'),
    issuers: t.stringList({ resolve: ({ issuers }) => [...issuers] }),
    requestsPerMinute: t.exposeInt('requestsPerMinute', { description: 'Of one person; 0: no limit.' }),
  }),
})

builder.queryFields((t) => ({
  system: t.field({
    type: SystemType,
    nullable: true,
    complexity: 50,
    resolve: async (_root, _args, context) => {
      await allow(context, 'Query.system')
      return context.setup()
    },
  }),
}))
