import { type AnswerOf, call } from '../api/call.ts'

type Member = AnswerOf<'GET /projects/{projectId}/members'>['items'][number]

const MOST_A_PAGE = 200

/** All members of a project. */
export async function membersOf(projectId: string): Promise<Member[]> {
  const members: Member[] = []
  let cursor: string | null = null
  do {
    const query = { limit: MOST_A_PAGE, ...(cursor !== null && { cursor }) }
    const page: AnswerOf<'GET /projects/{projectId}/members'> = await call(
      'GET /projects/{projectId}/members',
      { params: { projectId }, query },
    )
    members.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return members
}
