import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { call } from '../api/call.ts'
import { me } from '../api/session.ts'
import { route } from '../route/route.ts'

/** A project that may be looked at. */
export interface ProjectName {
  readonly projectId: string
  readonly name: string
}

const MOST = 200
const all = signal<readonly ProjectName[] | undefined>(undefined)
const last = signal<string | undefined>(undefined)

/** The projects of this person: an admin's are all, up to 200; undefined until they are read. */
export const projects: ReadonlySignal<readonly ProjectName[] | undefined> = computed(() =>
  me.value?.role === 'admin' ? all.value : me.value?.memberships,
)

/** The project that the address names, else the one that was looked at last, else the first there is. */
export const projectInSight: ReadonlySignal<string | undefined> = computed(
  () => route.value.project ?? last.value ?? projects.value?.[0]?.projectId,
)

/** Reads what projects there are, where the session does not say it, and remembers which one is looked at. */
export async function findProjects(): Promise<void> {
  route.subscribe(({ project }) => {
    if (project !== undefined) last.value = project
  })
  if (me.peek()?.role !== 'admin') return
  // Without an answer there is nothing to choose from: the pages themselves say what does not work.
  const answer = await call('GET /projects', { query: { limit: MOST } }).catch(() => undefined)
  all.value = answer?.items ?? []
}

/** The name of a project, as far as it is known. */
export function nameOfProject(projectId: string): string | undefined {
  return projects.value?.find((project) => project.projectId === projectId)?.name
}
