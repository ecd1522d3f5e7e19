import { type ReadonlySignal, signal } from '@preact/signals'

/** Where the page is: what stands behind the `#`, so that back, reload and a copied link show the same. */
export interface Route {
  readonly page: 'work' | 'queue'
  /** The assignment that is to be worked on. */
  readonly item?: string
  /** What a list shows. */
  readonly show?: string
}

const now = signal<Route>(read())

/** The present route. */
export const route: ReadonlySignal<Route> = now

/** The address of a route, for links. */
export function hrefOf({ page, item, show }: Route): string {
  const query = new URLSearchParams({ ...(item && { item }), ...(show && { show }) }).toString()
  return `#/${page}${query === '' ? '' : `?${query}`}`
}

/** Goes somewhere. */
export function go(to: Route): void {
  location.hash = hrefOf(to)
}

/** Follows the address from now on. Called once, after the code of a link was taken out of it. */
export function startRouting(): void {
  addEventListener('hashchange', () => {
    now.value = read()
  })
  now.value = read()
}

function read(): Route {
  const [path = '', query = ''] = (globalThis.location?.hash ?? '').replace(/^#\/?/, '').split('?')
  const params = new URLSearchParams(query)
  const [item, show] = [params.get('item'), params.get('show')]
  return { page: path === 'queue' ? 'queue' : 'work', ...(item && { item }), ...(show && { show }) }
}
