import { type Project, type ProjectId, type QualityPolicy, VersionConflictError } from '@muster/core'
import type { NewestKey, ProjectStore, Slice } from '@muster/core/ports'
import { DEFAULT_ASSIGNMENT_CONFIG } from '@muster/core/rules'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const PROJECT = `project_id as "projectId", external_id as "externalId", name, workflow_id as "workflowId", assignment, paused, version, created_at as "createdAt"`

const ADD = statement(
  'project_add',
  `with gate as (insert into project_gate (project_id, paused) values ($1::uuid, $2))
   insert into project (project_id, name, workflow_id, assignment, version, created_at, external_id)
   values ($1, $3, $4, $5::json, $6, $7, $8)`,
)
const FIND = statement(
  'project_find',
  `select ${PROJECT} from project join project_gate using (project_id) where project_id = $1`,
)
const FIND_BY_EXTERNAL_ID = statement(
  'project_find_by_external_id',
  `select ${PROJECT} from project join project_gate using (project_id) where external_id = $1`,
)
const LIST = statement(
  'project_list',
  `select ${PROJECT} from project join project_gate using (project_id)
   where ($2::timestamptz is null or (created_at, project_id) < ($2, $3::uuid))
     and ($4::uuid[] is null or project_id = any($4))
   order by created_at desc, project_id desc limit $1`,
)
const SAVE = statement(
  'project_save',
  `update project set name = $3, workflow_id = $4, assignment = $5::json, external_id = $6, version = version + 1
   from project_gate where project_gate.project_id = project.project_id and project.project_id = $1 and version = $2
   returning ${PROJECT.replace('project_id as', 'project.project_id as')}`,
)
const VERSION = statement('project_version', 'select version from project where project_id = $1')
const SET_GATE = statement('project_gate_set', 'select set_gate($1::uuid, $2) as changed')
const HOLD_GATES = statement(
  'project_gate_hold',
  'select open as "projectId" from hold_gates($1::uuid[]) as open',
)
const SYSTEM_PAUSED = statement('system_gate_find', 'select paused from system_gate')

/** The policy is kept in the configuration, so that claims read no more of projects that have none. */
type Row = Omit<Project, 'quality' | 'assignment'> & {
  readonly assignment: Omit<Project['assignment'], 'undoSeconds'> & {
    readonly undoSeconds?: number
    readonly quality?: QualityPolicy
  }
}

function projectOf({ assignment: { quality, ...assignment }, ...row }: Row): Project {
  // Projects from before there was undo do not say how long it lasts.
  const { undoSeconds } = DEFAULT_ASSIGNMENT_CONFIG
  return { ...row, assignment: { undoSeconds, ...assignment }, quality: quality ?? null }
}

function assignmentText({ assignment, quality }: Project): string {
  return jsonText(quality === null ? assignment : { ...assignment, quality })
}

/** Projects in `project`, and whether each is paused in `project_gate`. */
export class PgProjectStore implements ProjectStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(project: Project): Promise<void> {
    await this.#connection.rows(ADD, [
      project.projectId,
      project.paused,
      project.name,
      project.workflowId,
      assignmentText(project),
      project.version,
      project.createdAt,
      project.externalId,
    ])
  }

  async find(projectId: ProjectId): Promise<Project | undefined> {
    return (await this.#connection.rows<Row>(FIND, [projectId])).map(projectOf)[0]
  }

  async findByExternalId(externalId: string): Promise<Project | undefined> {
    return (await this.#connection.rows<Row>(FIND_BY_EXTERNAL_ID, [externalId])).map(projectOf)[0]
  }

  async list({ limit, after }: Slice<NewestKey>, within?: readonly ProjectId[]): Promise<Project[]> {
    const rows = await this.#connection.rows<Row>(LIST, [
      limit,
      after?.createdAt ?? null,
      after?.id ?? null,
      within ?? null,
    ])
    return rows.map(projectOf)
  }

  async save(project: Project): Promise<Project> {
    const { projectId, version, name, workflowId, externalId } = project
    const [saved] = await this.#connection.rows<Row>(SAVE, [
      projectId,
      version,
      name,
      workflowId,
      assignmentText(project),
      externalId,
    ])
    if (saved) return projectOf(saved)
    const [now] = await this.#connection.rows<{ version: number }>(VERSION, [projectId])
    throw new VersionConflictError(`Project ${projectId} is no longer at version ${version}`, {
      version: now?.version ?? null,
    })
  }

  async setPaused(projectId: ProjectId | null, paused: boolean): Promise<boolean> {
    const [gate] = await this.#connection.rows<{ changed: boolean }>(SET_GATE, [projectId, paused])
    return gate?.changed ?? false
  }

  async systemPaused(): Promise<boolean> {
    const [gate] = await this.#connection.rows<{ paused: boolean }>(SYSTEM_PAUSED)
    return gate?.paused ?? false
  }

  async holdGates(projectIds: readonly ProjectId[]): Promise<ReadonlySet<ProjectId>> {
    const open = await this.#connection.rows<{ projectId: ProjectId }>(HOLD_GATES, [projectIds])
    return new Set(open.map(({ projectId }) => projectId))
  }
}
