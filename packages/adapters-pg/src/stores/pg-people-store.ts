import { type ProjectId, type User, type UserId, VersionConflictError } from '@muster/core'
import type { AccessChange, Member, NewestKey, PeopleStore, QualityScore, Slice } from '@muster/core/ports'
import { observedQuality, UNKNOWN_QUALITY } from '@muster/core/rules'
import { ACCESS_TOLD_MS } from '@muster/core/support'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const USER = `user_id as "userId", external_id as "externalId", display_name as "displayName", avatar_url as "avatarUrl", status, role, skills,
  max_concurrent_assignments as "maxConcurrentAssignments", scripted, imported, version, created_at as "createdAt"`
const QUALITY = 'user_id as "userId", project_id as "projectId", step_type as "stepType", score, samples'

const ADD = statement(
  'person_add',
  `insert into person (user_id, display_name, avatar_url, status, role, skills, max_concurrent_assignments, scripted, version, created_at,
     external_id, imported)
   values ($1, $2, $3, $4, $5, $6::json, $7, $8, $9, $10, $11, $12)`,
)
const FIND = statement(
  'person_find',
  `select ${USER} from person where user_id = any($1::uuid[]) order by user_id`,
)
const FIND_BY_EXTERNAL_ID = statement(
  'person_find_by_external_id',
  `select ${USER} from person where external_id = $1`,
)
const LIST = statement(
  'person_list',
  `select ${USER} from person where ($2::timestamptz is null or (created_at, user_id) < ($2, $3::uuid))
   order by created_at desc, user_id desc limit $1`,
)
const SAVE = statement(
  'person_save',
  `update person set display_name = $3, avatar_url = $4, status = $5, role = $6, skills = $7::json,
     max_concurrent_assignments = $8, scripted = $9, external_id = $10, version = version + 1
   where user_id = $1 and version = $2 returning ${USER}`,
)
const VERSION = statement('person_version', 'select version from person where user_id = $1')
// A sort under the lock: rows are locked in the order in which they come out of it.
const LOCK = statement(
  'person_lock',
  'select from person where user_id = any($1::uuid[]) order by user_id for no key update',
)

const ADD_MEMBER = statement(
  'membership_add',
  'insert into membership (project_id, user_id) values ($1, $2) on conflict do nothing',
)
const REMOVE_MEMBER = statement(
  'membership_remove',
  'delete from membership where project_id = $1 and user_id = $2 returning user_id',
)
const LIST_MEMBERS = statement(
  'membership_list',
  `select user_id as "userId", display_name as "displayName", role, status, scripted
   from membership join person using (user_id)
   where project_id = $1 and ($3::uuid is null or user_id > $3) order by user_id limit $2`,
)
const MEMBERSHIPS = statement(
  'membership_of',
  'select project_id as "projectId" from membership where user_id = $1 order by project_id',
)

const ACCESS_CHANGES = statement(
  'access_changes',
  `select change_id::text as "changeId", user_id as "userId" from access_change
   where changed_at > now() - interval '${ACCESS_TOLD_MS} ms'`,
)

const QUALITY_OF = statement(
  'quality_of',
  `select ${QUALITY} from quality where user_id = $1 and ($2::uuid is null or project_id = $2) order by project_id, step_type`,
)
const SAVE_QUALITY = statement(
  'quality_save',
  `insert into quality (user_id, project_id, step_type, score, samples) values ($1, $2, $3, $4, $5)
   on conflict (user_id, project_id, step_type) do update set score = excluded.score, samples = excluded.samples`,
)
const KNOW_QUALITY = statement(
  'quality_know',
  `insert into quality (user_id, project_id, step_type, score, samples) values ($1, $2, $3, $4, 0) on conflict do nothing`,
)
const LOCK_QUALITY = statement(
  'quality_lock',
  `select ${QUALITY} from quality where user_id = $1 and project_id = $2 and step_type = $3 for update`,
)

/** People, memberships and quality scores in tables `person`, `membership` and `quality`. */
export class PgPeopleStore implements PeopleStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(user: User): Promise<void> {
    await this.#connection.rows(ADD, [
      user.userId,
      user.displayName,
      user.avatarUrl,
      user.status,
      user.role,
      jsonText(user.skills),
      user.maxConcurrentAssignments,
      user.scripted,
      user.version,
      user.createdAt,
      user.externalId,
      user.imported,
    ])
  }

  async find(userId: UserId): Promise<User | undefined> {
    return (await this.findMany([userId]))[0]
  }

  async findByExternalId(externalId: string): Promise<User | undefined> {
    return (await this.#connection.rows<User>(FIND_BY_EXTERNAL_ID, [externalId]))[0]
  }

  findMany(userIds: readonly UserId[]): Promise<User[]> {
    return this.#connection.rows<User>(FIND, [userIds])
  }

  list({ limit, after }: Slice<NewestKey>): Promise<User[]> {
    return this.#connection.rows<User>(LIST, [limit, after?.createdAt ?? null, after?.id ?? null])
  }

  async save(user: User): Promise<User> {
    const { userId, version } = user
    const [saved] = await this.#connection.rows<User>(SAVE, [
      userId,
      version,
      user.displayName,
      user.avatarUrl,
      user.status,
      user.role,
      jsonText(user.skills),
      user.maxConcurrentAssignments,
      user.scripted,
      user.externalId,
    ])
    if (saved) return saved
    const [now] = await this.#connection.rows<{ version: number }>(VERSION, [userId])
    throw new VersionConflictError(`User ${userId} is no longer at version ${version}`, {
      version: now?.version ?? null,
    })
  }

  async lock(userIds: readonly UserId[]): Promise<void> {
    await this.#connection.rows(LOCK, [userIds])
  }

  async addMember(projectId: ProjectId, userId: UserId): Promise<void> {
    await this.#connection.rows(ADD_MEMBER, [projectId, userId])
  }

  async removeMember(projectId: ProjectId, userId: UserId): Promise<boolean> {
    return (await this.#connection.rows(REMOVE_MEMBER, [projectId, userId])).length > 0
  }

  listMembers(projectId: ProjectId, { limit, after }: Slice<{ readonly userId: UserId }>): Promise<Member[]> {
    return this.#connection.rows<Member>(LIST_MEMBERS, [projectId, limit, after?.userId ?? null])
  }

  async membershipsOf(userId: UserId): Promise<ProjectId[]> {
    const rows = await this.#connection.rows<{ projectId: ProjectId }>(MEMBERSHIPS, [userId])
    return rows.map(({ projectId }) => projectId)
  }

  accessChanges(): Promise<readonly AccessChange[]> {
    return this.#connection.rows<AccessChange>(ACCESS_CHANGES)
  }

  qualityOf(userId: UserId, projectId?: ProjectId): Promise<QualityScore[]> {
    return this.#connection.rows<QualityScore>(QUALITY_OF, [userId, projectId ?? null])
  }

  async saveQuality({ userId, projectId, stepType, score, samples }: QualityScore): Promise<void> {
    await this.#connection.rows(SAVE_QUALITY, [userId, projectId, stepType, score, samples])
  }

  observeQuality(userId: UserId, projectId: ProjectId, stepType: string, outcome: 0 | 1): Promise<void> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(KNOW_QUALITY, [userId, projectId, stepType, UNKNOWN_QUALITY])
      const [before] = await connection.rows<QualityScore>(LOCK_QUALITY, [userId, projectId, stepType])
      if (before === undefined) throw new Error('a quality score vanished between two statements')
      const { score, samples } = observedQuality(before, outcome)
      await connection.rows(SAVE_QUALITY, [userId, projectId, stepType, score, samples])
    })
  }
}
