import type { FormId } from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { FormStore, NewestKey, Slice } from '@muster/core/ports'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const FORM = 'form_id as "formId", version, form, created_at as "createdAt"'

const ADD = statement(
  'form_add',
  `insert into form (form_id, name, version, form, created_at) values ($1, $2, $3, $4::json, $5)`,
)
const FIND = statement('form_find', `select ${FORM} from form where form_id = $1`)
const LATEST = statement(
  'form_latest',
  `select ${FORM} from form where name = $1 order by version desc limit 1`,
)
// A name without a version has no row to lock. Reads after this statement see what the one before committed.
const LOCK = statement('form_lock', `select pg_advisory_xact_lock(hashtextextended('form ' || $1, 0))`)
const LIST = statement(
  'form_list',
  `select ${FORM} from form
   where ($2::text is null or name = $2) and ($3::timestamptz is null or (created_at, form_id) < ($3, $4::uuid))
   order by created_at desc, form_id desc limit $1`,
)

interface Row {
  readonly formId: FormId
  readonly version: number
  readonly form: Omit<Form, 'formId' | 'version' | 'createdAt'>
  readonly createdAt: Date
}

/** Forms in `form`. */
export class PgFormStore implements FormStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add({ formId, version, createdAt, ...form }: Form): Promise<void> {
    await this.#connection.rows(ADD, [formId, form.name, version, jsonText(form), createdAt])
  }

  async find(formId: FormId): Promise<Form | undefined> {
    return (await this.#connection.rows<Row>(FIND, [formId])).map(formOf)[0]
  }

  async findLatest(name: string): Promise<Form | undefined> {
    return (await this.#connection.rows<Row>(LATEST, [name])).map(formOf)[0]
  }

  async lockLatest(name: string): Promise<Form | undefined> {
    await this.#connection.rows(LOCK, [name])
    return this.findLatest(name)
  }

  async list(
    { name }: { readonly name?: string | undefined },
    { limit, after }: Slice<NewestKey>,
  ): Promise<Form[]> {
    const key = [after?.createdAt ?? null, after?.id ?? null]
    return (await this.#connection.rows<Row>(LIST, [limit, name ?? null, ...key])).map(formOf)
  }
}

function formOf({ form, ...row }: Row): Form {
  return { ...form, ...row }
}
