import type { Json, Principal, Project, User } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Muster } from '@muster/host'
import { DEVELOPMENT_ADMIN, type TokenHolder } from '../development-tokens.ts'
import { every, first, once } from './once.ts'
import written from './visitor.json' with { type: 'json' }

const PROJECT_NAME = 'Answer quality'
const VISITOR_NAME = 'Visitor'

/** Four questions that everybody can answer about an answer. */
const FORM: NewForm = {
  name: 'answer-quality',
  title: 'How good is this answer?',
  help: [
    'Read the question and the answer, then the notes on what a right answer says.',
    '',
    '- Judge what stands there, not what you would have written.',
    '- A long answer is not a better one.',
    '- If the item is broken, skip it and say why.',
  ].join('\n'),
  show: [
    { name: 'conversation', as: 'chat', at: '/conversation' },
    { name: 'reference', as: 'markdown', at: '/reference', title: 'A right answer says' },
  ],
  questions: [
    {
      id: 'right',
      type: 'choice',
      title: 'Does it say what is right?',
      agree: 'ordinal',
      options: [
        { value: 'no', title: 'No' },
        { value: 'partly', title: 'Partly' },
        { value: 'yes', title: 'Yes' },
      ],
    },
    {
      id: 'helpful',
      type: 'scale',
      title: 'How helpful is it?',
      min: 1,
      max: 5,
      labels: { 1: 'useless', 5: 'excellent' },
      agree: { by: 'ordinal', within: 1 },
    },
    {
      id: 'wrong',
      type: 'multi',
      title: 'What is wrong with it?',
      help: 'Any that apply; none, if nothing is.',
      required: false,
      options: [
        { value: 'fact', title: 'Claims something that is not so' },
        { value: 'missing', title: 'Leaves out what was asked' },
        { value: 'tone', title: 'Tone' },
        { value: 'long', title: 'Too long' },
      ],
    },
    {
      id: 'remark',
      type: 'text',
      title: 'A remark',
      required: false,
      lines: 2,
      maxLength: 500,
      agree: 'ignore',
    },
  ],
}

/** Sees every project. */
const admin: Principal = { userId: DEVELOPMENT_ADMIN, role: 'admin', memberships: new Set() }

/**
 * Sixty answers to judge, open to somebody who has just come: no language has to be known for it. Made where it is missing. Gives whose link opens
 * them.
 */
export async function openToVisitors(muster: Muster): Promise<TokenHolder> {
  const project = await once(
    muster,
    'visitor project',
    () => projectOf(muster),
    async () => {
      const form = await muster.forms.add(FORM)
      const { workflowId } = await muster.workflows.add({
        name: 'judge answers',
        steps: [{ stepId: 'judge', stepType: 'annotation', formId: form.formId }],
      })
      return muster.projects.add({ name: PROJECT_NAME, workflowId })
    },
  )
  const visitor = await once(
    muster,
    'visitor',
    () => visitorOf(muster),
    () => muster.people.add({ displayName: VISITOR_NAME }),
  )
  await muster.projects.addMember(project.projectId, visitor.userId)
  await muster.tasks.addMissing(project.projectId, tasks())
  return { label: VISITOR_NAME, userId: visitor.userId, role: 'annotator' }
}

function projectOf(muster: Muster): Promise<Project | undefined> {
  const all = every((request) => muster.projects.list(admin, request))
  return first(all, ({ name }) => name === PROJECT_NAME)
}

function visitorOf(muster: Muster): Promise<User | undefined> {
  const all = every((request) => muster.people.list(request))
  return first(all, ({ displayName }) => displayName === VISITOR_NAME)
}

/** An answer a task, in an order in which no question comes twice in a row. */
function tasks(): { externalId: string; payload: Json }[] {
  return [0, 1, 2].flatMap((turn) =>
    written.map(({ question, reference, answers }, place) => {
      const which = (place + turn) % answers.length
      return {
        externalId: `answer-${place + 1}-${which + 1}`,
        payload: {
          conversation: [
            { role: 'user', content: question },
            { role: 'assistant', content: answers[which] ?? '' },
          ],
          reference,
        },
      }
    }),
  )
}
