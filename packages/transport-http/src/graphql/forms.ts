import { type FormId, type Issue, NotFoundError } from '@muster/core'
import type { FormCheck } from '@muster/core/calls'
import type { Form } from '@muster/core/forms'
import { json, name, newForm, parse, uuid } from '@muster/core/schemas'
import { resultsToCheck, tasksToCheck } from '../requests/checked-forms.ts'
import { builder } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allow, orNull } from './context.ts'
import { nodeId } from './ids.ts'

export const FormType = builder.objectRef<Form>('Form').implement({
  description: 'An immutable version of what people are shown of a task and what they are asked.',
  fields: (t) => ({
    id: t.id({ resolve: ({ formId }) => nodeId('Form', formId) }),
    formId: t.exposeID('formId'),
    name: t.exposeString('name'),
    version: t.exposeInt('version'),
    title: t.exposeString('title'),
    help: t.string({ nullable: true, resolve: ({ help }) => help ?? null }),
    show: t.field({ type: 'JSON', resolve: ({ show }) => show }),
    questions: t.field({ type: 'JSON', resolve: ({ questions }) => questions }),
    skip: t.field({ type: 'JSON', nullable: true, resolve: ({ skip }) => skip ?? null }),
    comment: t.boolean({ resolve: ({ comment }) => comment ?? false }),
    example: t.field({ type: 'JSON', nullable: true, resolve: ({ example }) => example ?? null }),
    schema: t.field({
      type: 'JSON',
      description: 'The JSON Schema of results, or of reviews by this form, which say their verdict too.',
      args: { review: t.arg.boolean() },
      resolve: ({ formId }, { review }, { muster }) =>
        muster.forms.schema(formId, { review: review === true }),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})
const FormConnection = builder.connectionObject(
  { type: FormType, name: 'FormConnection' },
  { name: 'FormEdge' },
)

const FormFault = builder.objectRef<Issue>('FormFault').implement({
  description: 'A place at fault in a form, a payload or a result.',
  fields: (t) => ({
    path: t.exposeString('path'),
    message: t.exposeString('message'),
    question: t.string({ nullable: true, resolve: ({ question }) => question ?? null }),
    rule: t.string({ nullable: true, resolve: ({ rule }) => rule ?? null }),
  }),
})

const FormCheckType = builder.objectRef<FormCheck>('FormCheck').implement({
  fields: (t) => ({
    ok: t.exposeBoolean('ok'),
    errors: t.field({ type: [FormFault], resolve: ({ errors }) => errors }),
    schema: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Of results; null if the form is not valid.',
      resolve: ({ schema }) => schema,
    }),
  }),
})

builder.queryFields((t) => ({
  form: t.field({
    type: FormType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      await allow(context, 'Query.form')
      const formId = uuid.safeParse(id)
      if (!formId.success) throw new NotFoundError('form', id)
      return orNull(() => context.muster.forms.get(formId.data as FormId))
    },
  }),
  forms: t.field({
    type: FormConnection,
    description: 'Newest first, of all names or one.',
    args: {
      name: t.arg.string(),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: async (_root, { name: only, ...forward }, context) => {
      await allow(context, 'Query.forms')
      const named = only == null ? {} : { name: parse(name, only, ['name']) }
      const page = await context.muster.forms.list({ ...pageRequest(forward), ...named })
      return connectionOf(page, forward)
    },
  }),
}))

builder.mutationFields((t) => ({
  addForm: t.field({
    type: FormType,
    description: 'The next version of its name; the latest version, if that says the same.',
    args: { form: t.arg({ type: 'JSON', required: true }) },
    resolve: async (_root, { form }, context) => {
      await allow(context, 'Mutation.addForm')
      return context.muster.forms.add(parse(newForm, form, ['form']))
    },
  }),
  checkForm: t.field({
    type: FormCheckType,
    description:
      'What is wrong with a form, and with a payload, results and new tasks by it, as POST /forms/check has them. Keeps nothing.',
    args: {
      form: t.arg({ type: 'JSON', required: true }),
      payload: t.arg({ type: 'JSON' }),
      result: t.arg({ type: 'JSON' }),
      tasks: t.arg({ type: 'JSON', description: 'A list of new tasks' }),
      results: t.arg({
        type: 'JSON',
        description: 'A list of { task, result }: the place of a task, and answers to it',
      }),
    },
    resolve: async (_root, { form, payload, result, tasks, results }, context) => {
      await allow(context, 'Mutation.checkForm')
      return context.muster.forms.check({
        form,
        ...(payload != null && { payload: parse(json, payload, ['payload']) }),
        ...(result != null && { result: parse(json, result, ['result']) }),
        ...(tasks != null && { tasks: parse(tasksToCheck, tasks, ['tasks']) }),
        ...(results != null && { results: parse(resultsToCheck, results, ['results']) }),
      })
    },
  }),
}))
