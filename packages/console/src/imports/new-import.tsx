import { batch, useSignal } from '@preact/signals'
import type { ComponentProps, VNode } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { CallError, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Panel } from '../design/panel.tsx'
import { figures, PlainTable } from '../design/plain-table.tsx'
import { Progress } from '../design/progress.tsx'
import { State } from '../design/state.tsx'
import { percent } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { usePlan } from '../feed/plan.ts'
import { go, hrefOf } from '../route/route.ts'
import {
  bring,
  bytesSaid,
  chosenFile,
  type Finding,
  LEVELS,
  type Preview,
  type PreviewedField,
  previewOf,
} from './data.ts'
import { Drops } from './drops.tsx'
import { freshWish, queryOf, type Wish } from './wish.ts'
import { CONFLICTS, DECIMALS, ENCODINGS, FORMATS, MODES, NUMBERS, TARGETS, TYPES, WORDS } from './words.ts'

/** Records and findings of a preview that are shown. */
const SHOWN = { sample: 3, findings: 20 }
/** Formats whose columns may be other than text. */
const TABLES: ReadonlySet<string | null> = new Set(['csv', 'tsv'])

/** Asks for a file and how it is read, and shows what becomes of its beginning. */
export function NewImport({ projectId }: { readonly projectId: string }): VNode {
  const file = chosenFile.value
  const wish = useSignal(freshWish(file?.name ?? ''))
  const wishedFor = useRef(file)
  const problem = useSignal<Problem | undefined>(undefined)
  /** How many bytes have gone; undefined: nothing is on its way. */
  const sent = useSignal<number | undefined>(undefined)
  const stop = useRef<AbortController>(undefined)
  useEffect(() => () => stop.current?.abort(), [])
  useEffect(() => {
    if (wishedFor.current === file || file === undefined) return
    wishedFor.current = file
    wish.value = { ...wish.peek(), name: freshWish(file.name).name, types: {} }
  }, [file])
  const { query, fault } = queryOf(wish.value, false)
  const asked =
    file === undefined || fault !== undefined
      ? undefined
      : [file.name, file.size, file.lastModified, query['format'], query['mapping']]
  const plan = usePlan(asked, () => previewOf(projectId, file as File, wish.peek()))
  const preview = plan.value.value
  const set = (change: Partial<Wish>): void =>
    batch(() => {
      wish.value = { ...wish.peek(), ...change }
      problem.value = undefined
    })
  const send = async (dryRun: boolean): Promise<void> => {
    if (file === undefined || sent.peek() !== undefined) return
    const stopping = new AbortController()
    stop.current = stopping
    batch(() => {
      problem.value = undefined
      sent.value = 0
    })
    try {
      const { status, answer } = await bring(
        projectId,
        { file, wish: wish.peek(), dryRun },
        {
          signal: stopping.signal,
          onSent: (bytes) => {
            sent.value = bytes
          },
        },
      )
      chosenFile.value = undefined
      go({
        page: 'imports',
        project: projectId,
        item: answer.importId,
        ...(status === 200 && { again: '1' }),
      })
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    } finally {
      sent.value = undefined
    }
  }
  const all = problem.value?.errors ?? []
  const faultOf = (path: string): string | undefined =>
    plan.faultOf(path) ?? all.find((one) => one.path === path)?.message
  const field: FieldOf = (name, label, path, more) => (
    <Field
      label={label}
      value={wish.value[name] as string}
      onInput={(value) => set({ [name]: value })}
      fault={faultOf(path)}
      disabled={sent.value !== undefined}
      {...more}
    />
  )
  const isDefinition = wish.value.target === 'definition' || preview?.sample[0]?.kind === 'scenario'
  const rest = plan.problem.value?.errors === undefined ? plan.problem.value : undefined
  return (
    <main class="page-panels imports" tabIndex={-1}>
      <PageHead title={WORDS.addTitle}>
        <a href={hrefOf({ page: 'imports', project: projectId })}>{WORDS.all}</a>
      </PageHead>
      <Drops>
        <Panel title={WORDS.file}>
          <FileField isOff={sent.value !== undefined} />
          {file !== undefined && (
            <div class="panel-body import-fields">
              <div class="fields">
                {field('format', WORDS.format, 'format', {
                  choices: [
                    { value: 'auto', title: WORDS.auto },
                    ...FORMATS.map((value) => ({ value, title: value })),
                  ],
                })}
                {field('target', WORDS.target, 'target', { choices: TARGETS })}
                {field('name', WORDS.name, 'name', { help: WORDS.nameHelp })}
                {isDefinition && field('jobType', WORDS.jobType, 'jobType', { help: WORDS.jobTypeHelp })}
                {field('mode', WORDS.mode, 'mode', { choices: MODES })}
                {field('onConflict', WORDS.onConflict, 'onConflict', { choices: CONFLICTS })}
              </div>
              <details
                class="import-more"
                open={fault !== undefined || plan.faultOf('mapping') !== undefined}
              >
                <summary>{WORDS.reader}</summary>
                <div class="fields">
                  {field('idFrom', WORDS.idFrom, 'mapping.idFrom', { help: WORDS.idFromHelp })}
                  {field('encoding', WORDS.encoding, 'mapping.encoding', { choices: ENCODINGS })}
                  {field('decimal', WORDS.decimal, 'mapping.decimal', { choices: DECIMALS })}
                  {field('numbers', WORDS.numbers, 'mapping.numbers', { choices: NUMBERS })}
                </div>
                {field('more', WORDS.more, 'mapping', {
                  isTall: true,
                  help: WORDS.moreHelp,
                  ...(fault !== undefined && { fault }),
                })}
              </details>
              <div class="deeds">
                {sent.value === undefined ? (
                  <>
                    <Button kind="primary" disabled={fault !== undefined} onClick={() => void send(false)}>
                      {WORDS.bring}
                    </Button>
                    <Button disabled={fault !== undefined} onClick={() => void send(true)}>
                      {WORDS.dryRun}
                    </Button>
                  </>
                ) : (
                  <>
                    <Sending sent={sent.value} size={file.size} />
                    <Button onClick={() => stop.current?.abort()}>{WORDS.stop}</Button>
                  </>
                )}
              </div>
              {problem.value !== undefined &&
                (problem.value.code === 'stopped' ? (
                  <p class="note">{WORDS.stopped}</p>
                ) : (
                  <Trouble problem={problem.value} isInline />
                ))}
            </div>
          )}
        </Panel>
        {file !== undefined && (
          <Panel
            title={WORDS.preview}
            more={
              preview?.format == null
                ? WORDS.previewMore
                : `taken for ${preview.format}${preview.formatVersion === null ? '' : ` ${preview.formatVersion}`} · ${WORDS.previewMore}`
            }
          >
            {rest !== undefined && <Trouble problem={rest} isInline />}
            {preview === undefined ? (
              plan.problem.value === undefined && fault === undefined && <Loading rows={4} />
            ) : (
              <Previewed preview={preview} types={wish.value.types} onTypes={(types) => set({ types })} />
            )}
          </Panel>
        )}
      </Drops>
    </main>
  )
}

type FieldOf = (
  name: Exclude<keyof Wish, 'types'>,
  label: string,
  path: string,
  more?: Partial<Pick<ComponentProps<typeof Field>, 'help' | 'choices' | 'isTall' | 'fault'>>,
) => VNode

function FileField({ isOff }: { readonly isOff: boolean }): VNode {
  const name = useId()
  const file = chosenFile.value
  return (
    <div class="import-file panel-body">
      <label for={name}>{file === undefined ? WORDS.fileHelp : WORDS.other}</label>
      <input
        id={name}
        type="file"
        disabled={isOff}
        onChange={({ currentTarget: { files } }) => {
          const [chosen] = files ?? []
          if (chosen !== undefined) chosenFile.value = chosen
        }}
      />
      {file !== undefined && (
        <p>
          <b dir="auto">{file.name}</b> <span class="quiet">{bytesSaid(file.size)}</span>
        </p>
      )}
    </div>
  )
}

function Sending({ sent, size }: { readonly sent: number; readonly size: number }): VNode {
  const isAll = sent >= size && size > 0
  return (
    <span class="import-sending" role="status">
      <Progress label={WORDS.sending} parts={[{ title: 'sent', value: sent, tone: 'active' }]} total={size} />
      {isAll ? WORDS.reading : `${WORDS.sending} ${percent(size === 0 ? 1 : sent / size)}`}
    </span>
  )
}

interface PreviewedProps {
  readonly preview: Preview
  readonly types: Wish['types']
  readonly onTypes: (types: Wish['types']) => void
}

function Previewed({ preview, types, onTypes }: PreviewedProps): VNode {
  const { format, fields, sample, findings } = preview
  const columnOf = ({ place }: PreviewedField): string | undefined =>
    TABLES.has(format) && place.startsWith('/payload/')
      ? place.slice('/payload/'.length).replaceAll('~1', '/').replaceAll('~0', '~')
      : undefined
  return (
    <>
      {sample.length === 0 && findings.length === 0 && <p class="quiet panel-body">{WORDS.previewNone}</p>}
      {fields.length > 0 && (
        <PlainTable
          label={WORDS.fields}
          rows={fields}
          keyOf={({ place }) => place}
          columns={[
            { id: 'place', title: 'Field', draw: ({ place }) => <bdi>{place}</bdi> },
            {
              id: 'type',
              title: 'Type',
              draw: (row) => {
                const column = columnOf(row)
                if (column === undefined) return row.type ?? '–'
                return (
                  <select
                    class="import-type"
                    aria-label={`Type of ${column}`}
                    value={types[column] ?? ''}
                    onChange={({ currentTarget: { value } }) => onTypes({ ...types, [column]: value })}
                  >
                    {TYPES.map((type) => (
                      <option key={type.value} value={type.value}>
                        {type.title}
                      </option>
                    ))}
                  </select>
                )
              },
            },
            figures<PreviewedField>('share', 'In', ({ share }) => percent(share)),
            {
              id: 'to',
              title: 'Becomes',
              draw: ({ mappedTo }) => mappedTo ?? <State look={LEVELS.left}>{WORDS.noHome}</State>,
            },
          ]}
        />
      )}
      {findings.length > 0 && <Findings findings={findings.slice(0, SHOWN.findings)} />}
      {sample.length > 0 && (
        <section class="panel-body import-sample">
          <h3>{WORDS.sample}</h3>
          {sample.slice(0, SHOWN.sample).map(({ kind, line, value }, place) => (
            <JsonView
              key={String(place)}
              name={line === null ? kind : `${kind}, line ${line}`}
              value={value}
            />
          ))}
        </section>
      )}
    </>
  )
}

function Findings({ findings }: { readonly findings: readonly Finding[] }): VNode {
  return (
    <PlainTable
      label={WORDS.findings}
      rows={findings.map((one, place) => ({ ...one, key: String(place) }))}
      keyOf={({ key }) => key}
      columns={[
        { id: 'level', title: 'Finding', draw: ({ level }) => <State look={LEVELS[level]} /> },
        { id: 'line', title: 'Line', isFigure: true, draw: ({ line }) => line ?? '–' },
        { id: 'place', title: 'Field', draw: ({ place }) => <bdi>{place || '–'}</bdi> },
        { id: 'message', title: 'Message', draw: ({ message }) => <bdi>{message}</bdi> },
      ]}
    />
  )
}
