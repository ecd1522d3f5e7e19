import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { me } from '../api/session.ts'
import type { IconName } from '../design/icon.tsx'
import { projectInSight } from '../feed/projects.ts'
import { hrefOf, PAGE_NAMES, type PageName } from '../route/route.ts'

interface PageModule {
  readonly Page: ComponentType
}

/** What there is of a page. To add one is to add its line here. */
const LOADERS: Readonly<Partial<Record<PageName, () => Promise<PageModule>>>> = {
  work: () => import('../work/page.tsx'),
  queue: () => import('../my-queue/page.tsx'),
  project: () => import('../project/page.tsx'),
  people: () => import('../people/page.tsx'),
  tasks: () => import('../tasks/page.tsx'),
  task: () => import('../task/page.tsx'),
  jobs: () => import('../jobs/page.tsx'),
  usage: () => import('../usage/page.tsx'),
  limits: () => import('../limits/page.tsx'),
  runs: () => import('../runs/page.tsx'),
  run: () => import('../run/page.tsx'),
  results: () => import('../results/page.tsx'),
  compare: () => import('../compare/page.tsx'),
  calibrate: () => import('../calibrate/page.tsx'),
  imports: () => import('../imports/page.tsx'),
  schedules: () => import('../schedules/page.tsx'),
  system: () => import('../system/page.tsx'),
  activity: () => import('../activity/page.tsx'),
}

/** What is said of a page before it is loaded. */
export interface PlaceOfPage {
  readonly title: string
  readonly icon: IconName
  /** Whom it is for. */
  readonly for: 'all' | 'managers' | 'admins'
  /** Whether it shows one project (`one`), all or one (`any`), or none. */
  readonly project: 'one' | 'any' | 'none'
  /** Where it is found: in the rail and, on a phone, in the bar of it; or by links alone. */
  readonly at: 'bar' | 'rail' | 'links'
}

/** The pages, in the order of the rail. */
export const PLACES: Readonly<Record<PageName, PlaceOfPage>> = {
  work: { title: 'Work', icon: 'work', for: 'all', project: 'none', at: 'bar' },
  queue: { title: 'My queue', icon: 'queue', for: 'all', project: 'none', at: 'bar' },
  project: { title: 'Project', icon: 'project', for: 'all', project: 'one', at: 'rail' },
  runs: { title: 'Runs', icon: 'runs', for: 'all', project: 'any', at: 'bar' },
  run: { title: 'Run', icon: 'runs', for: 'all', project: 'none', at: 'links' },
  results: { title: 'Results', icon: 'results', for: 'managers', project: 'one', at: 'rail' },
  compare: { title: 'Compare', icon: 'compare', for: 'managers', project: 'one', at: 'rail' },
  calibrate: { title: 'Calibrate', icon: 'calibrate', for: 'managers', project: 'one', at: 'rail' },
  schedules: { title: 'Schedules', icon: 'schedules', for: 'all', project: 'one', at: 'rail' },
  imports: { title: 'Import', icon: 'imports', for: 'managers', project: 'one', at: 'rail' },
  tasks: { title: 'Tasks', icon: 'tasks', for: 'managers', project: 'any', at: 'rail' },
  task: { title: 'Task', icon: 'tasks', for: 'all', project: 'none', at: 'links' },
  people: { title: 'People', icon: 'people', for: 'managers', project: 'one', at: 'rail' },
  jobs: { title: 'Jobs', icon: 'jobs', for: 'managers', project: 'any', at: 'rail' },
  limits: { title: 'Limits', icon: 'limits', for: 'managers', project: 'none', at: 'rail' },
  usage: { title: 'Usage', icon: 'usage', for: 'managers', project: 'one', at: 'rail' },
  system: { title: 'System', icon: 'system', for: 'admins', project: 'none', at: 'rail' },
  activity: { title: 'Activity', icon: 'activity', for: 'all', project: 'one', at: 'rail' },
}

/** The pages that whoever works here has, in the order of the rail. */
export function pagesOfMe(): PageName[] {
  return PAGE_NAMES.filter((page) => LOADERS[page] !== undefined && isForMe(page))
}

function isForMe(page: PageName): boolean {
  const role = me.value?.role
  if (PLACES[page].for === 'admins') return role === 'admin'
  return PLACES[page].for === 'all' || role === 'admin' || role === 'manager'
}

/** Where a page leads: with the project in sight, if the page shows one. */
export function toPage(page: PageName): string {
  return hrefOf({ page, ...(PLACES[page].project === 'one' && { project: projectInSight.value }) })
}

/** How the page calls whoever works at it. */
export function nameOfMe(): string {
  return me.value?.displayName ?? me.value?.role ?? ''
}

type Loaded = ComponentType | 'failed'

const loaded = signal<ReadonlyMap<PageName, Loaded>>(new Map())

/** A page, once it is loaded; `failed` if its file could not be had. */
export function pageOf(page: PageName): Loaded | undefined {
  return loaded.value.get(page)
}

/** Loads a page, if there is one; again after it could not be had. */
export async function load(page: PageName): Promise<void> {
  const loader = LOADERS[page]
  if (loader === undefined || typeof loaded.peek().get(page) === 'function') return
  const keep = (what: Loaded | undefined): void => {
    const next = new Map(loaded.peek())
    if (what === undefined) next.delete(page)
    else next.set(page, what)
    loaded.value = next
  }
  if (loaded.peek().has(page)) keep(undefined)
  await loader().then(
    ({ Page }) => keep(Page),
    () => keep('failed'),
  )
}
