import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { percent } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import type { Project } from './data.ts'
import { NUMBERS, WORDS } from './words.ts'

type NumberName = keyof typeof NUMBERS
type Changed = Awaited<ReturnType<typeof call<'PATCH /projects/{projectId}'>>>

interface SettingsProps {
  readonly project: Project
  readonly onSaved: () => Promise<void>
  readonly onClose: () => void
}

/** What a project gives to whom, and when it pauses people: each value with what it does, saved on top of the version that was read. */
export function Settings({ project, onSaved, onClose }: SettingsProps): VNode {
  const { assignment, quality, version } = useSignal(project).peek()
  const name = useSignal(project.name)
  const numbers = useSignal<Readonly<Record<NumberName, string>>>(
    Object.fromEntries(
      Object.keys(NUMBERS).map((each) => [each, String(assignment[each as NumberName])]),
    ) as Record<NumberName, string>,
  )
  const pauses = useSignal(quality?.pause === undefined ? 'no' : 'yes')
  const problem = useSignal<Problem | undefined>(undefined)
  const saved = useSignal<Changed | undefined>(undefined)
  const faultOf = (path: string): string | undefined =>
    problem.value?.errors?.find((issue) => issue.path === path)?.message
  const save = async (): Promise<void> => {
    problem.value = undefined
    const given = Object.fromEntries(
      Object.entries(numbers.peek()).map(([each, text]) => [each, text.trim() === '' ? null : Number(text)]),
    )
    const pause = pauses.peek() === 'yes' ? { pause: quality?.pause ?? {} } : {}
    const controls = quality?.controls === undefined ? {} : { controls: quality.controls }
    const hasQuality = quality !== null || pauses.peek() === 'yes'
    try {
      const changed = await call(
        'PATCH /projects/{projectId}',
        {
          params: { projectId: project.projectId },
          body: {
            name: name.peek(),
            assignment: { ...assignment, ...given } as never,
            ...(hasQuality && { quality: { ...controls, ...pause } }),
          },
        },
        { version: version },
      )
      await onSaved()
      if (changed.wrongPauses.length > 0) saved.value = changed
      else onClose()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  if (saved.value !== undefined) return <WrongPauses changed={saved.value} onClose={onClose} />
  const isStale = problem.value?.code === 'version_conflict'
  const isNamed = problem.value?.errors?.every(
    ({ path }) => path === 'name' || path.startsWith('assignment.'),
  )
  return (
    <Dialog title={WORDS.settingsTitle} onClose={onClose}>
      <div class="settings">
        <Field
          label="Name"
          value={name.value}
          fault={faultOf('name')}
          onInput={(value) => (name.value = value)}
        />
        {(Object.entries(NUMBERS) as [NumberName, (typeof NUMBERS)[NumberName]][]).map(
          ([each, { title, unit, help }]) => (
            <Field
              key={each}
              label={title}
              unit={unit}
              help={help}
              type="number"
              value={numbers.value[each]}
              fault={faultOf(`assignment.${each}`)}
              onInput={(value) => (numbers.value = { ...numbers.peek(), [each]: value })}
            />
          ),
        )}
        <Field
          label="Pause people whose known answers fall off"
          help="Somebody who is clearly worse than they should be is given nothing more until a manager resumes them."
          value={pauses.value}
          onInput={(value) => (pauses.value = value)}
          choices={[
            { value: 'no', title: 'No' },
            { value: 'yes', title: 'Yes' },
          ]}
        />
      </div>
      {isStale ? (
        <div class="trouble inline" role="alert">
          <p>{WORDS.settingsStale}</p>
        </div>
      ) : (
        problem.value !== undefined && isNamed !== true && <Trouble problem={problem.value} isInline />
      )}
      <div class="deeds">
        {isStale ? (
          <Button
            kind="primary"
            onClick={() => {
              onClose()
              void onSaved()
            }}
          >
            {WORDS.settingsAgain}
          </Button>
        ) : (
          <Button kind="primary" onClick={() => void save()}>
            {WORDS.settingsSave}
          </Button>
        )}
      </div>
    </Dialog>
  )
}

function WrongPauses({
  changed,
  onClose,
}: {
  readonly changed: Changed
  readonly onClose: () => void
}): VNode {
  return (
    <Dialog title={WORDS.wrongPause} onClose={onClose}>
      <ul>
        {changed.wrongPauses.map(({ accuracy, within, chance }) => (
          <li key={`${accuracy} ${within}`}>
            {percent(chance)} of those who are right {percent(accuracy)} of the time, within {within} answers
          </li>
        ))}
      </ul>
      <div class="deeds">
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  )
}
