import { OPERATION_STATES, OPERATION_SUBJECTS, type Operation } from '@muster/core/operating'
import { builder, enumOf } from './builder.ts'
import { allowOne, orNull } from './context.ts'

const OperationStateEnum = enumOf('OperationState', OPERATION_STATES)
const OperationSubjectEnum = enumOf('OperationSubject', OPERATION_SUBJECTS)

export const OperationType = builder.objectRef<Operation>('Operation').implement({
  description: 'One move on all that matched a filter, worked off on the server part by part.',
  fields: (t) => ({
    operationId: t.exposeID('operationId'),
    projectId: t.exposeID('projectId', { nullable: true, description: 'null: of all projects.' }),
    subject: t.expose('subject', { type: OperationSubjectEnum }),
    action: t.exposeString('action'),
    filter: t.expose('filter', { type: 'JSON', nullable: true }),
    options: t.expose('options', { type: 'JSON', nullable: true }),
    state: t.expose('state', { type: OperationStateEnum }),
    count: t.exposeInt('count', { description: 'How many things it is about.' }),
    done: t.exposeInt('done'),
    skipped: t.expose('skipped', { type: 'JSON', description: 'How many were passed over, by the reason.' }),
    createdBy: t.exposeID('createdBy', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
  }),
})

builder.queryFields((t) => ({
  operation: t.field({
    type: OperationType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () =>
        context.muster.operations.get(await allowOne(context, 'operation', 'Query.operation', id)),
      ),
  }),
}))

builder.mutationFields((t) => ({
  stopOperation: t.field({
    type: OperationType,
    nullable: true,
    description: 'Ends it between two parts; what it has moved stays so.',
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) =>
      context.muster.operations.stop(await allowOne(context, 'operation', 'Mutation.stopOperation', id)),
  }),
}))
