import { type ReadonlySignal, signal } from '@preact/signals'

/** Every page there may be, as its address names it. */
export const PAGE_NAMES = [
  'work',
  'queue',
  'project',
  'runs',
  'run',
  'results',
  'compare',
  'calibrate',
  'schedules',
  'imports',
  'tasks',
  'task',
  'people',
  'jobs',
  'limits',
  'usage',
  'system',
  'activity',
] as const
/** One of {@link PAGE_NAMES}. */
export type PageName = (typeof PAGE_NAMES)[number]

/**
 * Where the page is: what stands behind the `#`, so that back, reload and a copied link show the same. All but `page` is the query:
 * filters, the sort, and what is open.
 */
export interface Route {
  /** `missing`: the address names no page. */
  readonly page: PageName | 'missing'
  /** The project in sight, for pages that show one. */
  readonly project?: string | undefined
  /** What is open: an assignment, a run, a task, a person, a job. */
  readonly item?: string | undefined
  readonly [param: string]: string | undefined
}

/** A route that leads somewhere. */
export type To = Route & { readonly page: PageName }

const now = signal<Route>(read())

/** The present route. */
export const route: ReadonlySignal<Route> = now

/** The address of a route, for links. Empty and missing parameters are left out. */
export function hrefOf({ page, ...params }: To): string {
  const given = Object.entries(params).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  )
  const query = new URLSearchParams(given).toString()
  return `#/${page}${query === '' ? '' : `?${query}`}`
}

/** The present page with other parameters; `undefined` takes one away. */
export function changed(params: Readonly<Record<string, string | undefined>>): To {
  const { page, ...rest } = now.value
  return { ...rest, ...params, page: page === 'missing' ? 'work' : page }
}

/** Goes somewhere; back leads to where one was. */
export function go(to: To): void {
  location.hash = hrefOf(to)
}

/** Goes somewhere in place of where one is, as while somebody types a filter: back does not lead through each letter. */
export function become(to: To): void {
  location.replace(`${location.pathname}${location.search}${hrefOf(to)}`)
}

/** Follows the address from now on. Called once, after the code of a link was taken out of it. */
export function startRouting(): void {
  addEventListener('hashchange', () => {
    now.value = read()
  })
  now.value = read()
}

function read(): Route {
  return routeOf(globalThis.location?.hash ?? '')
}

/** The route that an address with its `#` means; the bare page is Work. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const { page: _, ...params } = Object.fromEntries(new URLSearchParams(query))
  const name = path === '' ? 'work' : PAGE_NAMES.find((one) => one === path)
  return { ...params, page: name ?? 'missing' }
}
