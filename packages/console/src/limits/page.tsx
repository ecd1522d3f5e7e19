import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { me } from '../api/session.ts'
import { Button } from '../design/button.tsx'
import { useNow } from '../design/clock.ts'
import { Empty } from '../design/empty.tsx'
import { FilterBar } from '../design/filter-bar.tsx'
import { NewButton } from '../design/new-button.tsx'
import { PageHead } from '../design/page-head.tsx'
import { State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import { Trouble } from '../design/trouble.tsx'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { usePolled } from '../feed/polled.ts'
import { projectInSight } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, route } from '../route/route.ts'
import {
  AGAIN_MS,
  hearLimits,
  type Limit,
  lookOfLimit,
  mostAtOnce,
  ofMost,
  readLimits,
  refresh,
  told,
} from './data.ts'
import { LimitDrawer } from './limit-drawer.tsx'
import './limits.css'
import { LimitSettings } from './settings.tsx'
import { ORIGINS, WORDS } from './words.ts'

const keyOf = ({ key }: Limit): string => key

/** Keys with what is used of them and what waits; managers and admins change them. */
export function Page(): VNode {
  const { item, prefix, new: isNew } = route.value
  const read = (cursor: string | undefined, limit: number): ReturnType<typeof readLimits> =>
    readLimits(route.peek()['prefix'], cursor, limit)
  const list = useListWindow<Limit>(read, keyOf)
  const reading = useReading(() => (list.state.peek() === 'ready' ? refresh(list, read) : list.open()))
  const opened = useRef(prefix)
  useEffect(() => {
    if (opened.current === prefix) return
    opened.current = prefix
    void list.open()
  }, [prefix])
  usePolled(reading.again, AGAIN_MS)
  useEffect(
    () =>
      hearLimits((event) => {
        const limit = told(
          list.rows.peek().find(({ key }) => key === event.data['key']),
          event,
        )
        if (limit !== undefined) list.change(limit)
      }),
    [list],
  )
  useDeeds(['limits'], {
    setLimit: () => {
      become(changed({ new: '1' }))
      return true
    },
  })
  return (
    <main class="page-list limits" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        <NewButton words={WORDS.set} deed="setLimit" kind="primary" />
      </PageHead>
      <FilterBar
        label={WORDS.search}
        placeholder={WORDS.searchMore}
        free="prefix"
        fields={[]}
        filters={{ prefix }}
        onChange={(name, value) => become(changed({ [name]: value, item: undefined }))}
      />
      {reading.problem.value !== undefined && <Trouble problem={reading.problem.value} isInline />}
      <div class={`beside${item === undefined ? '' : ' open'}`}>
        <div class="limits-list">
          <Listed<Limit>
            list={list}
            fresh={WORDS.fresh}
            empty={
              prefix === undefined ? (
                <Empty title={WORDS.none}>{WORDS.noneMore}</Empty>
              ) : (
                <Empty title={WORDS.filtered}>
                  <div class="deeds">
                    <Button onClick={() => become(changed({ prefix: undefined }))}>{WORDS.clear}</Button>
                  </div>
                </Empty>
              )
            }
            label={WORDS.title}
            columns={COLUMNS}
            leastWidth={820}
            rows={list.rows.value}
            keyOf={keyOf}
            onOpen={({ key }) => become(changed({ item: key }))}
            narrow={(limit) => (
              <>
                <span class="limit-line">
                  <b dir="auto">{limit.key}</b>
                  <StateOf limit={limit} />
                </span>
                <small class="quiet">
                  {ofMost(limit.inUse, mostAtOnce(limit))} in use ·{' '}
                  {ofMost(limit.startsLastMinute, limit.perMinute)} a minute · {limit.waiting} waiting
                </small>
              </>
            )}
          />
        </div>
        {item !== undefined && <LimitDrawer key={item} limitKey={item} onMoved={reading.again} />}
      </div>
      {isNew !== undefined && (
        <LimitSettings
          begin={me.value?.role === 'admin' ? '' : `project:${projectInSight.value ?? ''}:`}
          onSaved={async ({ key }) => {
            await list.open()
            become(changed({ item: key, new: undefined }))
          }}
          onClose={() => become(changed({ new: undefined }))}
        />
      )}
    </main>
  )
}

function StateOf({ limit }: { readonly limit: Limit }): VNode {
  return <State look={lookOfLimit(limit, useNow())} />
}

const figures = (id: string, title: string, draw: (limit: Limit) => string): Column<Limit> => ({
  id,
  title,
  track: 'minmax(96px, 1fr)',
  isFigure: true,
  draw,
})

const COLUMNS: readonly Column<Limit>[] = [
  {
    id: 'key',
    title: 'Key',
    track: 'minmax(160px, 2.4fr)',
    draw: ({ key }) => (
      <bdi class="limit-key" title={key}>
        {key}
      </bdi>
    ),
  },
  { id: 'state', title: 'State', track: '152px', draw: (limit) => <StateOf limit={limit} /> },
  { id: 'origin', title: 'Origin', track: '120px', draw: ({ origin }) => ORIGINS[origin] },
  figures('inUse', 'In use', (limit) => ofMost(limit.inUse, mostAtOnce(limit))),
  figures('starts', 'Starts, last minute', ({ startsLastMinute, perMinute }) =>
    ofMost(startsLastMinute, perMinute),
  ),
  figures('units', 'Units, last minute', ({ unitsLastMinute, unitsPerMinute }) =>
    ofMost(unitsLastMinute, unitsPerMinute),
  ),
  figures('waiting', 'Waiting', ({ waiting }) => ofMost(waiting, null)),
]
