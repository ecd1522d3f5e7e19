import {
  PROCESS_ROLES,
  type SeenProcess,
  type SystemProcesses,
  type TypeDurations,
  type TypeLoad,
  type TypeWorkers,
} from '@muster/core/operating'
import { atLeast } from '../access/authority.ts'
import { builder, enumOf } from './builder.ts'
import { allow, type GraphqlContext } from './context.ts'

const ProcessRoleEnum = enumOf('ProcessRole', PROCESS_ROLES)

const TypeLoadType = builder.objectRef<Omit<TypeLoad, 'took'>>('TypeLoad').implement({
  description: 'Jobs of a type that a process does at once.',
  fields: (t) => ({
    type: t.exposeString('type'),
    slots: t.exposeInt('slots', { description: 'Slots that types share are counted for each of them.' }),
    active: t.exposeInt('active'),
  }),
})

const ProcessType = builder.objectRef<SeenProcess>('Process').implement({
  description: 'A process, as it last told of itself.',
  fields: (t) => ({
    processId: t.exposeID('processId'),
    roles: t.field({ type: [ProcessRoleEnum], resolve: ({ roles }) => [...roles] }),
    host: t.exposeString('host'),
    pid: t.exposeInt('pid'),
    version: t.exposeString('version'),
    since: t.expose('since', { type: 'DateTime' }),
    seenAt: t.expose('seenAt', { type: 'DateTime' }),
    silentSince: t.expose('silentSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it should have been heard of; null: it is alive.',
    }),
    slots: t.exposeInt('slots'),
    active: t.exposeInt('active'),
    types: t.field({ type: [TypeLoadType], resolve: ({ types }) => [...types] }),
    lagP99Ms: t.exposeFloat('lagP99Ms', {
      nullable: true,
      description: 'How late timers of its event loop were lately, the worst of a hundred.',
    }),
  }),
})

const TypeWorkersType = builder.objectRef<TypeWorkers>('TypeWorkers').implement({
  description: 'Live workers that do jobs of a type; 0 if jobs of it are pending and nobody does them.',
  fields: (t) => ({ type: t.exposeString('type'), workers: t.exposeInt('workers') }),
})

const TypeDurationsType = builder.objectRef<TypeDurations>('TypeDurations').implement({
  description: 'How long attempts at jobs of a type took in the last minutes, ten at most.',
  fields: (t) => ({
    type: t.exposeString('type'),
    ended: t.exposeInt('ended'),
    p50Ms: t.exposeFloat('p50Ms'),
    p95Ms: t.exposeFloat('p95Ms'),
  }),
})

const isAdmin = ({ principal }: GraphqlContext): boolean => atLeast(principal.role, 'admin')

const ProcessesType = builder.objectRef<SystemProcesses>('Processes').implement({
  description: 'The processes that there are, and how many workers each type has.',
  fields: (t) => ({
    workers: t.field({ type: [TypeWorkersType], resolve: ({ workers }) => [...workers] }),
    processes: t.field({
      type: [ProcessType],
      nullable: true,
      description: 'For admins; null for others.',
      resolve: ({ processes }, _args, context) => (isAdmin(context) ? [...processes] : null),
    }),
    durations: t.field({
      type: [TypeDurationsType],
      nullable: true,
      description: 'For admins; null for others.',
      resolve: ({ durations }, _args, context) => (isAdmin(context) ? [...durations] : null),
    }),
  }),
})

builder.queryFields((t) => ({
  processes: t.field({
    type: ProcessesType,
    nullable: true,
    complexity: 50,
    resolve: async (_root, _args, context) => {
      await allow(context, 'Query.processes')
      return context.muster.system.processes()
    },
  }),
}))
