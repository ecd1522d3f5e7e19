import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
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
  /** The project that the fields are changes of. */
  const base = useSignal(project)
  const { assignment, quality, version } = base.value
  const name = useSignal(project.name)
  const numbers = useSignal(numbersOf(project))
  const pauses = useSignal(pausesOf(project))
  const isMerged = useSignal(false)
  const problem = useSignal<Problem | undefined>(undefined)
  const saved = useSignal<Changed | undefined>(undefined)
  const isStale = problem.value?.code === 'version_conflict'
  useEffect(() => {
    const before = base.peek()
    if (!isStale || project.version === before.version) return
    // Fields that were typed in stay; the others take what somebody else saved.
    if (name.peek() === before.name) name.value = project.name
    if (pauses.peek() === pausesOf(before)) pauses.value = pausesOf(project)
    const [old, fresh] = [numbersOf(before), numbersOf(project)]
    const typed = Object.entries(numbers.peek()).filter(([each, text]) => text !== old[each as NumberName])
    numbers.value = { ...fresh, ...Object.fromEntries(typed) }
    base.value = project
    problem.value = undefined
    isMerged.value = true
  }, [isStale, project])
  const faultOf = (path: string): string | undefined =>
    problem.value?.errors?.find((issue) => issue.path === path)?.message
  const save = async (): Promise<void> => {
    problem.value = undefined
    isMerged.value = false
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
        { version },
      )
      await onSaved()
      if (changed.wrongPauses.length > 0) saved.value = changed
      else onClose()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
      if (error.problem.code === 'version_conflict') await onSaved()
    }
  }
  if (saved.value !== undefined) return <WrongPauses changed={saved.value} onClose={onClose} />
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
      {isMerged.value ? (
        <div class="trouble inline" role="alert">
          <p>{WORDS.settingsStale}</p>
        </div>
      ) : (
        problem.value !== undefined && isNamed !== true && <Trouble problem={problem.value} isInline />
      )}
      <div class="deeds">
        <Button kind="primary" onClick={() => void save()}>
          {WORDS.settingsSave}
        </Button>
      </div>
    </Dialog>
  )
}

function numbersOf({ assignment }: Project): Readonly<Record<NumberName, string>> {
  return Object.fromEntries(
    Object.keys(NUMBERS).map((each) => [each, String(assignment[each as NumberName])]),
  ) as Record<NumberName, string>
}

function pausesOf({ quality }: Project): string {
  return quality?.pause === undefined ? 'no' : 'yes'
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
