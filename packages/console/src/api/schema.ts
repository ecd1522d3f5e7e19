// Written by `npm run console:schema` from the API’s own document.

export interface Operations {
"GET /session": {
answer: Session
}
"GET /me": {
answer: User
}
"PATCH /me": {
body: {
status?: ("active" | "away")
}
answer: User
}
"GET /me/settings": {
answer: MySettings
}
"PUT /me/settings": {
body: {
settings: {
[k: string]: unknown
}
}
answer: MySettings
}
"POST /users": {
body: {
userId?: string
externalId?: (string | null)
displayName: string
avatarUrl?: (string | null)
role?: ("admin" | "manager" | "annotator")
status?: ("active" | "away" | "suspended")
skills?: {
[k: string]: number
}
maxConcurrentAssignments?: (number | null)
scripted?: boolean
}
answer: User
}
"GET /users": {
query: {
limit?: number
cursor?: string
externalId?: string
}
answer: {
items: User[]
nextCursor: (string | null)
}
}
"GET /users/{id}": {
params: {
id: string
}
answer: User
}
"PATCH /users/{id}": {
params: {
id: string
}
body: {
externalId?: (string | null)
displayName?: string
avatarUrl?: (string | null)
role?: ("admin" | "manager" | "annotator")
status?: ("active" | "away" | "suspended")
skills?: {
[k: string]: number
}
maxConcurrentAssignments?: (number | null)
scripted?: boolean
}
answer: User
}
"GET /users/{id}/quality": {
params: {
id: string
}
answer: {
items: Quality[]
}
}
"PUT /users/{id}/quality": {
params: {
id: string
}
body: {
projectId: string
stepType: ("annotation" | "review" | "adjudication")
score: number
samples: number
}
answer: Quality
}
"POST /projects": {
body: {
externalId?: (string | null)
name: string
workflowId?: (string | null)
assignment?: {
maxConcurrentPerUser?: number
crossStepExclusionPairs?: string[][]
cooldownMinutes?: number
leaseMinutes?: number
defaultStrategy?: string
weights?: {
capacity: number
performance: number
}
maxReturns?: number
holdMinutes?: number
undoSeconds?: number
}
quality?: {
controls?: {
stepId: string
rate: number
onboarding?: {
count: number
passAt: number
}
}
pause?: {
good?: number
bad?: number
alarm?: number
minimum?: number
}
}
}
answer: Project
}
"GET /projects": {
query: {
limit?: number
cursor?: string
externalId?: string
}
answer: {
items: Project[]
nextCursor: (string | null)
}
}
"GET /projects/{projectId}": {
params: {
projectId: string
}
answer: Project
}
"PATCH /projects/{projectId}": {
params: {
projectId: string
}
body: {
externalId?: (string | null)
name?: string
workflowId?: (string | null)
assignment?: {
maxConcurrentPerUser?: number
crossStepExclusionPairs?: string[][]
cooldownMinutes?: number
leaseMinutes?: number
defaultStrategy?: string
weights?: {
capacity: number
performance: number
}
maxReturns?: number
holdMinutes?: number
undoSeconds?: number
}
quality?: {
controls?: {
stepId: string
rate: number
onboarding?: {
count: number
passAt: number
}
}
pause?: {
good?: number
bad?: number
alarm?: number
minimum?: number
}
}
}
answer: ChangedProject
}
"GET /projects/{projectId}/members": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Member[]
nextCursor: (string | null)
}
}
"GET /projects/{projectId}/people": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: ProjectPerson[]
nextCursor: (string | null)
}
}
"GET /projects/{projectId}/people/{userId}": {
params: {
projectId: string
userId: string
}
answer: PersonInProject
}
"PUT /projects/{projectId}/members/{userId}": {
params: {
projectId: string
userId: string
}
answer: unknown
}
"DELETE /projects/{projectId}/members/{userId}": {
params: {
projectId: string
userId: string
}
answer: unknown
}
"POST /workflows": {
body: {
name: string
steps: (({
stepType?: ("annotation" | "adjudication")
jobType?: null
} | {
stepType?: "review"
jobType?: null
agreeOn?: null
} | {
stepType?: "automatic"
jobType: string
assignmentsRequired?: 1
requiredSkills?: unknown
excludes?: unknown
strategy?: null
agreeOn?: null
}) & {
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
requiredSkills?: {
anyOf: string[]
minLevel?: number
dropAfterMinutes?: (number | null)
}[]
assignmentsRequired?: (number | {
min: number
max: number
until: (({
posterior: number
} | {
agreeing: number
}) & {
question: string
posterior?: number
agreeing?: number
})[]
giveUpAfterMinutes?: (number | null)
})
excludes?: string[]
strategy?: (string | null)
leaseMinutes?: (number | null)
cooldownMinutes?: (number | null)
estimatedDurationMinutes?: (number | null)
when?: ("always" | "disagreement" | "rejectedByReview")
agreeOn?: (string | null)
jobType?: (string | null)
formId?: (string | null)
form?: {
$schema?: string
help?: string
skip?: {

}
comment?: boolean
example?: {

}
name: string
title: string
show: {

}[]
questions: {

}[]
}
})[]
}
answer: Workflow
}
"GET /workflows": {
query: {
limit?: number
cursor?: string
}
answer: {
items: Workflow[]
nextCursor: (string | null)
}
}
"GET /workflows/{id}": {
params: {
id: string
}
answer: Workflow
}
"POST /forms": {
body: {
$schema?: string
help?: string
skip?: {

}
comment?: boolean
example?: {

}
name: string
title: string
show: {

}[]
questions: {

}[]
}
answer: Form
}
"GET /forms": {
query: {
limit?: number
cursor?: string
name?: string
}
answer: {
items: Form[]
nextCursor: (string | null)
}
}
"GET /forms/{id}": {
params: {
id: string
}
answer: Form
}
"GET /forms/{id}/schema": {
params: {
id: string
}
query: {
taskId?: string
review?: ("true" | "false")
}
answer: unknown
}
"GET /form-templates": {
answer: {
items: FormTemplate[]
}
}
"POST /forms/check": {
body: {
form: unknown
payload?: unknown
result?: unknown
tasks?: {
payload: unknown
priority?: number
requiredSkills?: {
anyOf: string[]
minLevel?: number
dropAfterMinutes?: (number | null)
}[]
gold?: unknown
externalId?: (string | null)
formId?: (string | null)
purpose?: ("work" | "control")
}[]
results?: {
task: number
result: unknown
}[]
}
answer: FormCheck
}
"GET /projects/{projectId}/agreement": {
params: {
projectId: string
}
query: {
stepId?: string
question?: string
by?: ("overall" | "pair" | "skill")
coefficient?: ("percent" | "cohen" | "fleiss" | "alpha" | "f1" | "iou" | "tau")
level?: number
weights?: ("linear" | "quadratic")
difference?: ("interval" | "ratio")
}
answer: {
items: Agreement[]
}
}
"GET /projects/{projectId}/agreement/matrix": {
params: {
projectId: string
}
query: {
stepId: string
question: string
formId?: string
}
answer: AgreementMatrix
}
"GET /projects/{projectId}/people/{userId}/quality": {
params: {
projectId: string
userId: string
}
answer: PersonQuality
}
"POST /projects/{projectId}/people/{userId}/pause": {
params: {
projectId: string
userId: string
}
body: {
reason: string
}
answer: Watch
}
"POST /projects/{projectId}/people/{userId}/resume": {
params: {
projectId: string
userId: string
}
body: {
reason: string
}
answer: Watch
}
"POST /projects/{projectId}/people/{userId}/reopen": {
params: {
projectId: string
userId: string
}
body: {
since?: string
}
answer: Reopened
}
"GET /projects/{projectId}/aggregates.ndjson": {
params: {
projectId: string
}
query: {
stepId?: string
question?: string
criterion?: string
formId?: string
method?: ("majority" | "weighted" | "oneCoin" | "dawidSkene" | "mace")
}
answer: unknown
}
"GET /projects/{projectId}/strengths": {
params: {
projectId: string
}
query: {
stepId?: string
question?: string
criterion?: string
formId?: string
level?: number
}
answer: Strengths
}
"POST /projects/{projectId}/refit": {
params: {
projectId: string
}
query: {
stepId?: string
question?: string
criterion?: string
formId?: string
}
body: {

}
answer: Fit
}
"GET /projects/{projectId}/fits": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
stepId?: string
question?: string
}
answer: {
items: Fit[]
nextCursor: (string | null)
}
}
"GET /queue": {
query: {
projectId?: string
stepType?: ("annotation" | "review" | "adjudication" | "automatic")
status?: ("assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned")[]
sort?: ("priority" | "age" | "project" | "submitted")
order?: ("asc" | "desc")
include?: ("task")[]
limit?: number
cursor?: string
}
answer: {
items: QueueEntry[]
nextCursor: (string | null)
}
}
"GET /queue/stats": {
query: {
since?: string
}
answer: QueueStats
}
"GET /queue/outlook": {
answer: Outlook
}
"GET /queue/presence/{projectId}": {
params: {
projectId: string
}
answer: Presence
}
"POST /queue/next": {
query: {
include?: "work"
}
body: {
projectId?: string
stepType?: ("annotation" | "review" | "adjudication" | "automatic")
ahead?: boolean
}
answer: (NothingForYou | Claimed)
}
"GET /assignments/{id}": {
params: {
id: string
}
answer: Assignment
}
"GET /assignments/{id}/work": {
params: {
id: string
}
answer: AssignmentWork
}
"PUT /assignments/{id}/draft": {
params: {
id: string
}
body: {
attempt?: number
draftVersion?: number
answers: unknown
comment?: string
}
answer: SavedDraft
}
"PUT /assignments/{id}/flag": {
params: {
id: string
}
body: {
comment: string
}
answer: Assignment
}
"DELETE /assignments/{id}/flag": {
params: {
id: string
}
answer: Assignment
}
"POST /assignments/{id}/accept": {
params: {
id: string
}
body: {
attempt?: number
}
answer: Assignment
}
"POST /assignments/{id}/start": {
params: {
id: string
}
body: {
attempt?: number
}
answer: Assignment
}
"POST /assignments/{id}/heartbeat": {
params: {
id: string
}
body: {
attempt?: number
}
answer: Assignment
}
"POST /assignments/{id}/submit": {
params: {
id: string
}
query: {
include?: "work"
}
body: {
attempt?: number
result: unknown
comment?: string
undoSeconds?: number
next?: {
projectId?: string
stepType?: ("annotation" | "review" | "adjudication" | "automatic")
}
}
answer: (Assignment | SubmittedWithNext)
}
"DELETE /assignments/{id}/submission": {
params: {
id: string
}
query: {
attempt?: number
}
answer: Assignment
}
"POST /assignments/{id}/reject": {
params: {
id: string
}
body: {
attempt?: number
code: ("unclear" | "wrong_skill" | "conflict_of_interest" | "broken_item" | "other")
comment?: string
}
answer: Assignment
}
"POST /assignments/{id}/release": {
params: {
id: string
}
body: {
attempt?: number
reason?: string
}
answer: Assignment
}
"POST /assignments/{id}/reassign": {
params: {
id: string
}
body: {
attempt?: number
userId?: string
reason: string
}
answer: Assignment
}
"POST /projects/{projectId}/tasks": {
params: {
projectId: string
}
body: {
tasks: {
payload: unknown
priority?: number
requiredSkills?: {
anyOf: string[]
minLevel?: number
dropAfterMinutes?: (number | null)
}[]
gold?: unknown
externalId?: (string | null)
formId?: (string | null)
purpose?: ("work" | "control")
}[]
onConflict?: ("refuse" | "skip")
}
answer: {
items: Task[]
existing: ExistingTask[]
}
}
"GET /projects/{projectId}/tasks": {
params: {
projectId: string
}
query: {
status?: ("open" | "completed" | "cancelled")[]
stepId?: string
externalId?: string
q?: string
holder?: string
skill?: string
waits?: ("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson")
from?: string
to?: string
flagged?: ("true" | "false")
purpose?: ("work" | "control")
order?: ("asc" | "desc")
limit?: number
cursor?: string
}
answer: {
items: ListedTask[]
nextCursor: (string | null)
}
}
"GET /tasks/{id}": {
params: {
id: string
}
query: {
include?: "show"
}
answer: TaskView
}
"PATCH /tasks/{id}": {
params: {
id: string
}
body: {
priority?: number
requiredSkills?: {
anyOf: string[]
minLevel?: number
dropAfterMinutes?: (number | null)
}[]
}
answer: Task
}
"POST /tasks/{id}/cancel": {
params: {
id: string
}
body: {

}
answer: Task
}
"POST /tasks/{id}/end-reservations": {
params: {
id: string
}
body: {

}
answer: Task
}
"POST /tasks/{id}/assign": {
params: {
id: string
}
body: {
userId?: string
strategy?: string
override?: {
reason: string
}
}
answer: Assignment
}
"GET /tasks/{id}/candidates": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
strategy?: string
userId?: string
}
answer: Decision
}
"POST /projects/{projectId}/assignments/batch": {
params: {
projectId: string
}
body: {
strategy?: string
limit?: number
}
answer: BatchResult
}
"GET /projects/{projectId}/position": {
params: {
projectId: string
}
query: {
stepId?: string
question?: string
level?: number
}
answer: PositionOf[]
}
"GET /projects/{projectId}/results.ndjson": {
params: {
projectId: string
}
answer: unknown
}
"GET /tasks": {
query: {
status?: ("open" | "completed" | "cancelled")[]
stepId?: string
externalId?: string
q?: string
holder?: string
skill?: string
waits?: ("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson")
from?: string
to?: string
flagged?: ("true" | "false")
purpose?: ("work" | "control")
order?: ("asc" | "desc")
limit?: number
cursor?: string
}
answer: {
items: ListedTask[]
nextCursor: (string | null)
}
}
"GET /tasks/counts": {
query: {
status?: ("open" | "completed" | "cancelled")[]
stepId?: string
externalId?: string
q?: string
holder?: string
skill?: string
waits?: ("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson")
from?: string
to?: string
flagged?: ("true" | "false")
purpose?: ("work" | "control")
order?: ("asc" | "desc")
}
answer: TaskCounts
}
"GET /projects/{projectId}/tasks/counts": {
params: {
projectId: string
}
query: {
status?: ("open" | "completed" | "cancelled")[]
stepId?: string
externalId?: string
q?: string
holder?: string
skill?: string
waits?: ("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson")
from?: string
to?: string
flagged?: ("true" | "false")
purpose?: ("work" | "control")
order?: ("asc" | "desc")
}
answer: TaskCounts
}
"GET /projects/{projectId}/steps": {
params: {
projectId: string
}
answer: StepTotals
}
"POST /tasks/bulk": {
query: {
dryRun?: ("true" | "false")
}
body: {
action: ("priority" | "cancel")
filter: {
status?: ("open" | "completed" | "cancelled")[]
stepId?: string
externalId?: string
q?: string
holder?: string
skill?: string
waits?: ("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson")
from?: string
to?: string
flagged?: ("true" | "false")
purpose?: ("work" | "control")
projectId?: string
taskIds?: string[]
}
expect?: number
priority?: number
}
answer: (BulkCounted | Operation)
}
"GET /tasks/{id}/history": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: TaskMove[]
nextCursor: (string | null)
}
}
"GET /tasks/{id}/decisions": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
replay?: string
}
answer: {
items: TaskDecision[]
nextCursor: (string | null)
}
}
"GET /projects/{projectId}/queue/status": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
type?: string
}
answer: QueueStatus
}
"POST /projects/{projectId}/queue/add": {
params: {
projectId: string
}
body: {
type: string
payload: unknown
priority?: number
delaySeconds?: number
runAt?: string
unique?: {
key: string
windowSeconds?: number
states?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
onExisting?: ("keep" | "replace")
}
after?: {
jobs?: (string | {
item: number
})[]
need?: ("completed" | "ended")
runId?: string
when?: ("completed" | "ended" | "peopleDone")
onFailure?: ("fail" | "cancel" | "run")
}
}
answer: (ExistingQueueItem | QueueItem)
}
"POST /projects/{projectId}/queue/add-many": {
params: {
projectId: string
}
body: {
mode?: ("each" | "atomic")
items: unknown[]
}
answer: AddedItems
}
"GET /projects/{projectId}/queue/{itemId}": {
params: {
projectId: string
itemId: string
}
answer: QueueItemWithResult
}
"DELETE /projects/{projectId}/queue/{itemId}": {
params: {
projectId: string
itemId: string
}
query: {
flow?: ("true" | "false")
}
answer: QueueItem
}
"PUT /projects/{projectId}/queue/{itemId}/priority": {
params: {
projectId: string
itemId: string
}
body: {
priority: number
}
answer: QueueItem
}
"POST /projects/{projectId}/queue/{itemId}/retry": {
params: {
projectId: string
itemId: string
}
query: {
force?: ("true" | "false")
fresh?: ("true" | "false")
}
body: {

}
answer: QueueItem
}
"DELETE /projects/{projectId}/queue": {
params: {
projectId: string
}
answer: Cleared
}
"POST /projects/{projectId}/queue/pause": {
params: {
projectId: string
}
body: {

}
answer: QueueStatus
}
"POST /projects/{projectId}/queue/resume": {
params: {
projectId: string
}
body: {

}
answer: QueueStatus
}
"GET /system/queue": {
answer: SystemQueue
}
"POST /system/queue/pause": {
body: {

}
answer: SystemQueue
}
"POST /system/queue/resume": {
body: {

}
answer: SystemQueue
}
"POST /projects/{projectId}/definitions": {
params: {
projectId: string
}
query: {
name?: string
jobType?: string
}
body: {
name: string
jobType?: string
scenarios: {
scenarioId?: string
payload: unknown
}[]
}
answer: Definition
}
"GET /projects/{projectId}/definitions": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Definition[]
nextCursor: (string | null)
}
}
"GET /definitions/{id}": {
params: {
id: string
}
answer: Definition
}
"GET /definitions/{id}/scenarios": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Scenario[]
nextCursor: (string | null)
}
}
"POST /projects/{projectId}/runs": {
params: {
projectId: string
}
query: {
dryRun?: ("true" | "false")
}
body: {
definitionId?: string
jobType?: string
after?: {
runId: string
when: ("completed" | "ended" | "peopleDone")
from?: {
per: ("scenario" | "result")
where?: {
state?: ("completed" | "failed" | "cancelled")[]
model?: string[]
escalated?: boolean
}
scenarioId?: unknown
payload: unknown
revealModels?: boolean
}
}
models: string[]
repeats?: number
samplePercentage?: number
sampleSeed?: number
priority?: ("low" | "normal" | "high")
experimentId?: (string | null)
maxJobsPerSecond?: (number | null)
escalation?: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
budgetMicros?: number
}
answer: (RunPreview | Run)
}
"GET /projects/{projectId}/runs": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
status?: ("pending" | "running" | "paused" | "completed" | "cancelled")[]
definitionId?: string
experimentId?: string
model?: string
from?: string
to?: string
}
answer: {
items: Run[]
nextCursor: (string | null)
}
}
"GET /runs": {
query: {
limit?: number
cursor?: string
status?: ("pending" | "running" | "paused" | "completed" | "cancelled")[]
definitionId?: string
experimentId?: string
model?: string
from?: string
to?: string
}
answer: {
items: Run[]
nextCursor: (string | null)
}
}
"GET /runs/{id}": {
params: {
id: string
}
answer: RunWithUsage
}
"PATCH /runs/{id}": {
params: {
id: string
}
body: {
priority?: ("low" | "normal" | "high")
maxJobsPerSecond?: (number | null)
}
answer: Run
}
"GET /runs/{id}/progress": {
params: {
id: string
}
answer: RunProgress
}
"GET /runs/{id}/rates": {
params: {
id: string
}
query: {
from?: string
to?: string
step?: number
}
answer: RunRates
}
"GET /runs/{id}/flow": {
params: {
id: string
}
answer: RunFlow
}
"GET /runs/{id}/jobs": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
model?: string
}
answer: {
items: Job[]
nextCursor: (string | null)
}
}
"GET /runs/{id}/results.ndjson": {
params: {
id: string
}
query: {
people?: ("true" | "false")
usage?: ("true" | "false")
}
answer: unknown
}
"GET /runs/{id}/escalation": {
params: {
id: string
}
answer: Escalation
}
"PUT /runs/{id}/escalation": {
params: {
id: string
}
body: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
answer: Run
}
"POST /runs/{id}/escalate": {
params: {
id: string
}
query: {
dryRun?: ("true" | "false")
}
body: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
answer: (EscalationPreview | Run)
}
"GET /runs/{id}/escalations": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
state?: ("waiting" | "ready" | "escalated" | "kept" | "overLimit" | "refused" | "notDecided")[]
}
answer: {
items: ScenarioEscalation[]
nextCursor: (string | null)
}
}
"POST /runs/{id}/escalations": {
params: {
id: string
}
body: {
scenarioIds: string[]
}
answer: AskedByHand
}
"GET /runs/{id}/people": {
params: {
id: string
}
query: {
agreeOn?: string
}
answer: PeopleAgainstModels
}
"POST /runs/{id}/refresh": {
params: {
id: string
}
body: {

}
answer: Run
}
"POST /runs/{id}/pause": {
params: {
id: string
}
body: {

}
answer: Run
}
"POST /runs/{id}/resume": {
params: {
id: string
}
body: {

}
answer: Run
}
"POST /runs/{id}/cancel": {
params: {
id: string
}
body: {

}
answer: Run
}
"POST /runs/{id}/retry-failed": {
params: {
id: string
}
body: {

}
answer: Run
}
"GET /jobs": {
query: {
state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
type?: string
runId?: string
model?: string
scenarioId?: string
error?: string
cause?: number
attempts?: string
from?: string
to?: string
order?: ("asc" | "desc")
limit?: number
cursor?: string
}
answer: JobPage
}
"GET /projects/{projectId}/jobs": {
params: {
projectId: string
}
query: {
state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
type?: string
runId?: string
model?: string
scenarioId?: string
error?: string
cause?: number
attempts?: string
from?: string
to?: string
order?: ("asc" | "desc")
limit?: number
cursor?: string
}
answer: JobPage
}
"GET /jobs/causes": {
query: {
type?: string
runId?: string
}
answer: JobCauses
}
"GET /projects/{projectId}/jobs/causes": {
params: {
projectId: string
}
query: {
type?: string
runId?: string
}
answer: JobCauses
}
"GET /jobs/{id}": {
params: {
id: string
}
answer: JobDetail
}
"GET /jobs/{id}/flow": {
params: {
id: string
}
answer: JobFlow
}
"POST /jobs/bulk": {
query: {
dryRun?: ("true" | "false")
}
body: {
action: ("retry" | "cancel" | "priority")
filter: {
state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
type?: string
runId?: string
model?: string
scenarioId?: string
error?: string
cause?: number
attempts?: string
from?: string
to?: string
projectId?: string
jobIds?: string[]
}
expect?: number
priority?: number
}
answer: (JobsPreview | Operation)
}
"POST /jobs/export": {
body: {
filter: {
state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[]
type?: string
runId?: string
model?: string
scenarioId?: string
error?: string
cause?: number
attempts?: string
from?: string
to?: string
projectId?: string
jobIds?: string[]
}
format?: ("ndjson" | "csv")
}
answer: unknown
}
"GET /operations/{id}": {
params: {
id: string
}
answer: Operation
}
"DELETE /operations/{id}": {
params: {
id: string
}
answer: Operation
}
"POST /projects/{projectId}/schedules": {
params: {
projectId: string
}
body: {
name: string
when: ({
cron: string
zone: string
} | {
everySeconds: number
anchor?: string
} | {
at: string
})
start: ({
job: {
type: string
payload: unknown
priority?: number
}
} | {
run: ({
definitionId: string
models: string[]
repeats?: number
samplePercentage?: number
sampleSeed?: number
priority?: ("low" | "normal" | "high")
maxJobsPerSecond?: (number | null)
escalation?: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
budgetMicros?: number
experimentId?: ((string | {
$: ("/tick" | "/scheduleId" | "/previous")
}) | null)
} | {
definition: string
models: string[]
repeats?: number
samplePercentage?: number
sampleSeed?: number
priority?: ("low" | "normal" | "high")
maxJobsPerSecond?: (number | null)
escalation?: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
budgetMicros?: number
experimentId?: ((string | {
$: ("/tick" | "/scheduleId" | "/previous")
}) | null)
})
} | {
refit: {
stepId?: string
question?: string
}
})
missed?: ("skip" | "one" | "all")
maxCatchUp?: number
graceSeconds?: number
overlap?: ("allow" | "skip" | "cancel")
jitterSeconds?: number
startsAt?: (string | null)
endsAt?: (string | null)
}
answer: Schedule
}
"GET /projects/{projectId}/schedules": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Schedule[]
nextCursor: (string | null)
}
}
"POST /projects/{projectId}/schedules/preview": {
params: {
projectId: string
}
body: {
when: ({
cron: string
zone: string
} | {
everySeconds: number
anchor?: string
} | {
at: string
})
}
answer: WhenPreview
}
"GET /schedules/{id}": {
params: {
id: string
}
answer: Schedule
}
"PATCH /schedules/{id}": {
params: {
id: string
}
body: {
name?: string
when?: ({
cron: string
zone: string
} | {
everySeconds: number
anchor?: string
} | {
at: string
})
start?: ({
job: {
type: string
payload: unknown
priority?: number
}
} | {
run: ({
definitionId: string
models: string[]
repeats?: number
samplePercentage?: number
sampleSeed?: number
priority?: ("low" | "normal" | "high")
maxJobsPerSecond?: (number | null)
escalation?: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
budgetMicros?: number
experimentId?: ((string | {
$: ("/tick" | "/scheduleId" | "/previous")
}) | null)
} | {
definition: string
models: string[]
repeats?: number
samplePercentage?: number
sampleSeed?: number
priority?: ("low" | "normal" | "high")
maxJobsPerSecond?: (number | null)
escalation?: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
budgetMicros?: number
experimentId?: ((string | {
$: ("/tick" | "/scheduleId" | "/previous")
}) | null)
})
} | {
refit: {
stepId?: string
question?: string
}
})
missed?: ("skip" | "one" | "all")
maxCatchUp?: number
graceSeconds?: number
overlap?: ("allow" | "skip" | "cancel")
jitterSeconds?: number
startsAt?: (string | null)
endsAt?: (string | null)
}
answer: Schedule
}
"DELETE /schedules/{id}": {
params: {
id: string
}
answer: unknown
}
"POST /schedules/{id}/pause": {
params: {
id: string
}
body: {

}
answer: Schedule
}
"POST /schedules/{id}/resume": {
params: {
id: string
}
body: {

}
answer: Schedule
}
"POST /schedules/{id}/fire": {
params: {
id: string
}
body: {
at?: string
}
answer: Tick
}
"GET /schedules/{id}/next": {
params: {
id: string
}
query: {
n?: number
after?: string
}
answer: {
items: UpcomingTick[]
}
}
"GET /schedules/{id}/ticks": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
outcome?: ("started" | "overlapped" | "missed" | "refused")[]
from?: string
to?: string
}
answer: {
items: Tick[]
nextCursor: (string | null)
}
}
"POST /projects/{projectId}/webhooks": {
params: {
projectId: string
}
body: {
url: string
types?: (("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[] | null)
description?: string
}
answer: WebhookWithSecret
}
"GET /projects/{projectId}/webhooks": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Webhook[]
nextCursor: (string | null)
}
}
"POST /webhooks": {
body: {
url: string
types?: (("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[] | null)
description?: string
}
answer: WebhookWithSecret
}
"GET /webhooks": {
query: {
limit?: number
cursor?: string
}
answer: {
items: Webhook[]
nextCursor: (string | null)
}
}
"GET /webhooks/{id}": {
params: {
id: string
}
answer: Webhook
}
"PATCH /webhooks/{id}": {
params: {
id: string
}
body: {
url?: string
types?: (("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[] | null)
description?: string
}
answer: Webhook
}
"DELETE /webhooks/{id}": {
params: {
id: string
}
answer: unknown
}
"GET /webhooks/{id}/deliveries": {
params: {
id: string
}
query: {
limit?: number
cursor?: string
outcome?: ("delivered" | "failed")
}
answer: {
items: Delivery[]
nextCursor: (string | null)
}
}
"POST /webhooks/{id}/enable": {
params: {
id: string
}
body: {

}
answer: Webhook
}
"POST /webhooks/{id}/disable": {
params: {
id: string
}
body: {

}
answer: Webhook
}
"POST /webhooks/{id}/rotate": {
params: {
id: string
}
body: {

}
answer: WebhookWithSecret
}
"POST /webhooks/{id}/test": {
params: {
id: string
}
body: {

}
answer: Delivery
}
"POST /webhooks/{id}/replay": {
params: {
id: string
}
body: ({
after: string
} | {
seq: number
})
answer: Webhook
}
"POST /workers": {
body: {
name: string
types: string[]
concurrency: number
}
answer: OpenedWorker
}
"POST /workers/{id}/heartbeat": {
params: {
id: string
}
body: {
report?: number
jobs?: {
jobId: string
attempt: number
step?: {
name: string
index: number
total: number
}
progress?: number
usage?: ({
model?: string
input: number
output: number
cached?: number
cacheWrite?: number
reasoning?: number
costMicros?: number
} | {
model?: string
input: number
output: number
cached?: number
cacheWrite?: number
reasoning?: number
costMicros?: number
}[])
}[]
}
answer: HeartbeatAnswer
}
"DELETE /workers/{id}": {
params: {
id: string
}
answer: unknown
}
"POST /workers/{id}/claim": {
params: {
id: string
}
body: {
max: number
waitSeconds?: number
}
answer: ClaimedJobs
}
"POST /workers/{id}/settle": {
params: {
id: string
}
body: {
report?: number
outcomes: {
jobId: string
attempt: number
startedAt: string
result?: unknown
error?: {
code: string
message: string
retryable?: boolean
retryAfterSeconds?: number
key?: string
}
ask?: {
[k: string]: unknown
}
keep?: {
[k: string]: unknown
}
usage?: ({
model?: string
input: number
output: number
cached?: number
cacheWrite?: number
reasoning?: number
costMicros?: number
} | {
model?: string
input: number
output: number
cached?: number
cacheWrite?: number
reasoning?: number
costMicros?: number
}[])
}[]
}
answer: SettledOutcomes
}
"POST /workers/{id}/return": {
params: {
id: string
}
body: {
jobIds: string[]
}
answer: SettledOutcomes
}
"GET /projects/{projectId}/imports": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: ImportView[]
nextCursor: (string | null)
}
}
"POST /projects/{projectId}/imports": {
params: {
projectId: string
}
query: {
format?: string
mapping?: string
target?: ("tasks" | "definition" | "run" | "form")
name?: string
jobType?: string
mode?: ("atomic" | "chunks")
dryRun?: ("true" | "false")
onConflict?: ("refuse" | "skip")
submissions?: ("true" | "false")
}
answer: ImportView
}
"GET /imports/{id}": {
params: {
id: string
}
answer: ImportView
}
"GET /imports/{id}/report.ndjson": {
params: {
id: string
}
answer: unknown
}
"POST /imports/{id}/cancel": {
params: {
id: string
}
body: {

}
answer: ImportView
}
"POST /projects/{projectId}/exports": {
params: {
projectId: string
}
query: {
wait?: number
}
body: ({
what: "run"
format: string
runIds: string[]
people?: ("none" | "pseudonym" | "id")
gzip?: boolean
fields?: string[]
delimiter?: ("," | ";" | "|" | "\t")
csvSafe?: boolean
} | {
what: "tasks"
format: string
formId?: string
question?: string
promptAt?: string
people?: ("none" | "pseudonym" | "id")
gzip?: boolean
fields?: string[]
delimiter?: ("," | ";" | "|" | "\t")
csvSafe?: boolean
} | {
what: "definition"
format: string
definitionId: string
people?: ("none" | "pseudonym" | "id")
gzip?: boolean
fields?: string[]
delimiter?: ("," | ";" | "|" | "\t")
csvSafe?: boolean
})
answer: ExportView
}
"GET /projects/{projectId}/exports": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: ExportView[]
nextCursor: (string | null)
}
}
"GET /exports/{id}": {
params: {
id: string
}
answer: ExportView
}
"GET /exports/{id}/manifest.json": {
params: {
id: string
}
answer: ExportManifest
}
"GET /exports/{id}/files/{name}": {
params: {
id: string
name: string
}
answer: unknown
}
"GET /projects/{projectId}/events": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
before?: string
after?: string
type?: ("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[]
userId?: string
runId?: string
taskId?: string
}
answer: {
items: Event[]
nextCursor: (string | null)
}
}
"GET /projects/{projectId}/rates": {
params: {
projectId: string
}
query: {
from?: string
to?: string
step?: number
}
answer: Rates
}
"GET /system/rates": {
query: {
from?: string
to?: string
step?: number
}
answer: Rates
}
"GET /limits": {
query: {
limit?: number
cursor?: string
prefix?: string
}
answer: {
items: Limit[]
nextCursor: (string | null)
}
}
"GET /limits/{key}": {
params: {
key: string
}
answer: Limit
}
"PUT /limits/{key}": {
params: {
key: string
}
body: {
concurrency?: (number | null)
perMinute?: (number | null)
burst?: (number | null)
unitsPerMinute?: (number | null)
estimate?: (number | null)
adaptive?: ({
min: number
start?: number
} | null)
paused?: boolean
}
answer: Limit
}
"DELETE /limits/{key}": {
params: {
key: string
}
answer: unknown
}
"POST /limits/{key}/cool": {
params: {
key: string
}
body: {
seconds: number
}
answer: Limit
}
"POST /limits/{key}/warm": {
params: {
key: string
}
body: {

}
answer: Limit
}
"POST /projects/{projectId}/budgets": {
params: {
projectId: string
}
body: {
capMicros: number
soft?: number
hard?: boolean
atCap?: ("pause" | "cancel")
runId?: string
day?: string
}
answer: Budget
}
"GET /projects/{projectId}/budgets": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Budget[]
nextCursor: (string | null)
}
}
"GET /budgets": {
query: {
limit?: number
cursor?: string
}
answer: {
items: Budget[]
nextCursor: (string | null)
}
}
"GET /budgets/{id}": {
params: {
id: string
}
answer: Budget
}
"PUT /budgets/{id}": {
params: {
id: string
}
body: {
capMicros: number
soft?: number
hard?: boolean
atCap?: ("pause" | "cancel")
}
answer: Budget
}
"DELETE /budgets/{id}": {
params: {
id: string
}
answer: unknown
}
"GET /projects/{projectId}/usage": {
params: {
projectId: string
}
query: {
from?: string
to?: string
by?: ("run" | "model" | "project" | "day")
}
answer: UsageView
}
"GET /usage": {
query: {
from?: string
to?: string
by?: ("run" | "model" | "project" | "day")
}
answer: UsageView
}
"GET /prices": {
query: {
limit?: number
cursor?: string
model?: string
}
answer: {
items: Price[]
nextCursor: (string | null)
}
}
"PUT /prices": {
body: {
items: {
model: string
from: string
inputMicros: number
outputMicros: number
cachedMicros?: number
cacheWriteMicros?: number
}[]
}
answer: KeptPrices
}
"GET /runs/{id}/matrix": {
params: {
id: string
}
query: {
from?: number
limit?: number
places?: number[]
labelAt?: string
}
answer: Matrix
}
"GET /runs/{id}/matrix/places": {
params: {
id: string
}
query: {
where?: string
labelAt?: string
}
answer: MatrixPlaces
}
"POST /projects/{projectId}/comparisons": {
params: {
projectId: string
}
body: {
baseline: {
runId: string
model: string
}
candidate: {
runId: string
model: string
}
metrics: {
name: string
score: ({
type: "value"
at: string
} | {
type: "equals"
at: string
to: ({
scenario: string
} | {
value: unknown
})
as?: ("json" | "text")
} | {
type: "within"
at: string
to: ({
scenario: string
} | {
value: unknown
})
abs?: number
rel?: number
} | {
type: "includes"
at: string
to: ({
scenario: string
} | {
value: unknown
})
} | {
type: "judge"
runId: string
judge?: string
at: string
ofAt?: string
} | {
type: "people"
projectId: string
question: string
map?: {
[k: string]: number
}
ofAt?: string
} | {
type: "registered"
name: string
})
better?: ("higher" | "lower")
kind?: ("binary" | "ordinal" | "numeric")
aggregate?: ("mean" | "median" | "p95")
missing?: ("drop" | "worst")
range?: number[]
}[]
clusterBy?: string
slices?: string[]
seed?: number
level?: number
draws?: number
allowPartial?: boolean
}
answer: Comparison
}
"GET /projects/{projectId}/comparisons": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Comparison[]
nextCursor: (string | null)
}
}
"GET /comparisons/{id}": {
params: {
id: string
}
answer: Comparison
}
"GET /comparisons/{id}/report.html": {
params: {
id: string
}
answer: unknown
}
"POST /runs/{id}/metrics": {
params: {
id: string
}
body: {
metrics: {
name: string
score: ({
type: "value"
at: string
} | {
type: "equals"
at: string
to: ({
scenario: string
} | {
value: unknown
})
as?: ("json" | "text")
} | {
type: "within"
at: string
to: ({
scenario: string
} | {
value: unknown
})
abs?: number
rel?: number
} | {
type: "includes"
at: string
to: ({
scenario: string
} | {
value: unknown
})
} | {
type: "judge"
runId: string
judge?: string
at: string
ofAt?: string
} | {
type: "people"
projectId: string
question: string
map?: {
[k: string]: number
}
ofAt?: string
} | {
type: "registered"
name: string
})
better?: ("higher" | "lower")
kind?: ("binary" | "ordinal" | "numeric")
aggregate?: ("mean" | "median" | "p95")
missing?: ("drop" | "worst")
range?: number[]
}[]
clusterBy?: string
level?: number
}
answer: {
items: ModelMetric[]
}
}
"GET /comparisons/{id}/pairs.ndjson": {
params: {
id: string
}
query: {
metric: string
change?: ("better" | "worse" | "same")
}
answer: unknown
}
"POST /comparisons/{id}/tasks": {
params: {
id: string
}
body: {
projectId: string
metric: string
change?: ("better" | "worse" | "same")
}
answer: AskedPeople
}
"POST /projects/{projectId}/gates": {
params: {
projectId: string
}
body: {
version: 1
alpha?: number
baseline: {
runId: string
model: string
}
candidate: {
runId: string
model: string
}
metrics: {
name: string
score: ({
type: "value"
at: string
} | {
type: "equals"
at: string
to: ({
scenario: string
} | {
value: unknown
})
as?: ("json" | "text")
} | {
type: "within"
at: string
to: ({
scenario: string
} | {
value: unknown
})
abs?: number
rel?: number
} | {
type: "includes"
at: string
to: ({
scenario: string
} | {
value: unknown
})
} | {
type: "judge"
runId: string
judge?: string
at: string
ofAt?: string
} | {
type: "people"
projectId: string
question: string
map?: {
[k: string]: number
}
ofAt?: string
} | {
type: "registered"
name: string
})
better?: ("higher" | "lower")
kind?: ("binary" | "ordinal" | "numeric")
aggregate?: ("mean" | "median" | "p95")
missing?: ("drop" | "worst")
range?: number[]
}[]
clusterBy?: string
seed?: number
rules: {
metric: string
tier: ("critical" | "supporting" | "advisory")
maxDrop?: number
minValue?: number
slice?: {
at: string
is: unknown
}
minPairs?: number
calibrationId?: string
}[]
}
answer: Gate
}
"GET /projects/{projectId}/gates": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Gate[]
nextCursor: (string | null)
}
}
"GET /gates/{id}": {
params: {
id: string
}
answer: Gate
}
"POST /projects/{projectId}/calibrations": {
params: {
projectId: string
}
query: {
dryRun?: ("true" | "false")
}
body: {
runId: string
models?: string[]
judge: ({
type: "value"
at: string
} | {
type: "equals"
at: string
to: ({
scenario: string
} | {
value: unknown
})
as?: ("json" | "text")
} | {
type: "within"
at: string
to: ({
scenario: string
} | {
value: unknown
})
abs?: number
rel?: number
} | {
type: "includes"
at: string
to: ({
scenario: string
} | {
value: unknown
})
} | {
type: "judge"
runId: string
judge?: string
at: string
ofAt?: string
} | {
type: "people"
projectId: string
question: string
map?: {
[k: string]: number
}
ofAt?: string
} | {
type: "registered"
name: string
})
range: number[]
truth: {
projectId: string
question: string
map?: {
[k: string]: number
}
}
kind?: ("share" | "mean")
design?: ("uniform" | "stratified" | "active")
budget: number
seed?: number
target?: ("scenarios" | "run")
strata?: {
at?: string
allocate?: ("neyman" | "proportional")
}
floor?: number
clusterBy?: string
anytime?: boolean
taskPayload?: {
[k: string]: string
}
}
answer: (CalibrationPlan | Calibration)
}
"GET /projects/{projectId}/calibrations": {
params: {
projectId: string
}
query: {
limit?: number
cursor?: string
}
answer: {
items: Calibration[]
nextCursor: (string | null)
}
}
"GET /calibrations/{id}": {
params: {
id: string
}
answer: Calibration
}
"GET /calibrations/{id}/report.html": {
params: {
id: string
}
answer: unknown
}
"POST /calibrations/{id}/extend": {
params: {
id: string
}
body: {
budget: number
}
answer: Calibration
}
"POST /calibrations/{id}/cancel": {
params: {
id: string
}
body: {

}
answer: Calibration
}
"GET /calibrations/{id}/units.ndjson": {
params: {
id: string
}
answer: unknown
}
"POST /ws-ticket": {
answer: WsTicket
}
"GET /system/processes": {
answer: SystemProcesses
}
"GET /system": {
answer: SystemSetup
}
"POST /projects/{projectId}/imports/preview": {
params: {
projectId: string
}
query: {
format?: string
mapping?: string
}
answer: ImportPreview
}
}
export interface Session {
userId: string
role: ("admin" | "manager" | "annotator")
displayName: (string | null)
status: (("active" | "away" | "suspended") | null)
memberships: {
projectId: string
name: string
}[]
expiresAt: string
serverTime: string
version: string
}
export interface User {
userId: string
externalId: (string | null)
displayName: string
avatarUrl: (string | null)
status: ("active" | "away" | "suspended")
role: ("admin" | "manager" | "annotator")
skills: {
[k: string]: number
}
maxConcurrentAssignments: (number | null)
scripted: boolean
imported: boolean
version: number
createdAt: string
}
export interface MySettings {
settings: {
[k: string]: unknown
}
}
export interface Quality {
userId: string
projectId: string
stepType: string
score: number
samples: number
}
export interface Project {
projectId: string
externalId: (string | null)
name: string
workflowId: (string | null)
assignment: {
maxConcurrentPerUser: number
crossStepExclusionPairs: string[][]
cooldownMinutes: number
leaseMinutes: number
defaultStrategy: string
weights: {
capacity: number
performance: number
}
maxReturns: number
holdMinutes: number
undoSeconds: number
}
quality: ({
controls?: {
stepId: string
rate: number
onboarding?: {
count: number
passAt: number
}
}
pause?: {
good: number
bad: number
alarm: number
minimum: number
}
} | null)
paused: boolean
version: number
createdAt: string
}
export interface ChangedProject {
projectId: string
externalId: (string | null)
name: string
workflowId: (string | null)
assignment: {
maxConcurrentPerUser: number
crossStepExclusionPairs: string[][]
cooldownMinutes: number
leaseMinutes: number
defaultStrategy: string
weights: {
capacity: number
performance: number
}
maxReturns: number
holdMinutes: number
undoSeconds: number
}
quality: ({
controls?: {
stepId: string
rate: number
onboarding?: {
count: number
passAt: number
}
}
pause?: {
good: number
bad: number
alarm: number
minimum: number
}
} | null)
paused: boolean
version: number
createdAt: string
wrongPauses: {
accuracy: number
within: number
chance: number
}[]
}
export interface Member {
userId: string
displayName: string
role: ("admin" | "manager" | "annotator")
status: ("active" | "away" | "suspended")
scripted: boolean
}
export interface ProjectPerson {
userId: string
displayName: string
avatarUrl: (string | null)
role: ("admin" | "manager" | "annotator")
status: ("active" | "away" | "suspended")
scripted: boolean
skills: {
[k: string]: number
}
live: number
limit: number
lastDay: {
submitted: number
medianSeconds: (number | null)
returned: number
declined: number
}
quality: {
stepType: string
score: number
samples: number
low: (number | null)
high: (number | null)
}[]
paused: ({
since: string
reason: ("drift" | "onboarding" | "manager")
by: (string | null)
words: (string | null)
} | null)
present: boolean
lastSeenAt: (string | null)
}
export interface PersonInProject {
userId: string
displayName: string
avatarUrl: (string | null)
role: ("admin" | "manager" | "annotator")
status: ("active" | "away" | "suspended")
scripted: boolean
skills: {
[k: string]: number
}
live: number
limit: number
lastDay: {
submitted: number
medianSeconds: (number | null)
returned: number
declined: number
}
quality: {
stepType: string
score: number
samples: number
low: (number | null)
high: (number | null)
}[]
paused: ({
since: string
reason: ("drift" | "onboarding" | "manager")
by: (string | null)
words: (string | null)
} | null)
present: boolean
lastSeenAt: (string | null)
holds: {
assignmentId: string
taskId: string
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
status: ("assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned")
attempt: number
assignedAt: string
startedAt: (string | null)
submittedAt: (string | null)
expiresAt: (string | null)
returnComment: (string | null)
}[]
recent: {
assignmentId: string
taskId: string
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
status: ("assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned")
attempt: number
assignedAt: string
startedAt: (string | null)
submittedAt: (string | null)
expiresAt: (string | null)
returnComment: (string | null)
}[]
}
export interface Workflow {
workflowId: string
name: string
steps: {
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
requiredSkills: {
anyOf: string[]
minLevel: number
dropAfterMinutes: (number | null)
}[]
assignmentsRequired: (number | {
min: number
max: number
until: ({
question: string
posterior: number
} | {
question: string
agreeing: number
})[]
giveUpAfterMinutes?: number
})
excludes: string[]
strategy: (string | null)
leaseMinutes: (number | null)
cooldownMinutes: (number | null)
estimatedDurationMinutes: (number | null)
when: ("always" | "disagreement" | "rejectedByReview")
agreeOn: (string | null)
formId: (string | null)
jobType: (string | null)
}[]
version: number
createdAt: string
}
export interface Form {
formId: string
name: string
title: string
help?: string
show: {
name: string
as: string
[k: string]: unknown
}[]
questions: {
id: string
type: string
title: string
[k: string]: unknown
}[]
skip?: {
codes?: string[]
commentRequired?: boolean
}
comment?: boolean
example?: {
payload: unknown
result?: {
[k: string]: unknown
}
}
version: number
createdAt: string
}
export interface FormTemplate {
name: string
title: string
help?: string
show: {
name: string
as: string
[k: string]: unknown
}[]
questions: {
id: string
type: string
title: string
[k: string]: unknown
}[]
skip?: {
codes?: string[]
commentRequired?: boolean
}
comment?: boolean
example?: {
payload: unknown
result?: {
[k: string]: unknown
}
}
}
export interface FormCheck {
ok: boolean
errors: {
path: string
message: string
question?: (string | null)
rule?: string
}[]
schema: ({
[k: string]: unknown
} | null)
}
export interface Agreement {
formId: (string | null)
stepId: string
question: string
group: (({
skill: string
} | {
a: string
b: string
}) | null)
coefficient: ("percent" | "cohen" | "fleiss" | "alpha" | "f1" | "iou" | "tau")
value: (number | null)
low: (number | null)
high: (number | null)
reason: (("empty" | "one_rater" | "no_variation" | "too_many") | null)
items: number
raters: number
answers: number
}
export interface AgreementMatrix {
formId: (string | null)
stepId: string
question: string
people: string[]
cells: {
a: string
b: string
items: number
percent: (number | null)
cohen: (number | null)
}[]
}
export interface PersonQuality {
userId: string
known: {
stepId: string
question: string
right: number
wrong: number
answers: {
known: unknown
given: unknown
right: boolean
times: number
}[]
}[]
accuracy: {
stepId: string
question: string
value: number
low: (number | null)
high: (number | null)
answers: number
}[]
watch: Watch
pauses: {
since: string
reason: ("drift" | "onboarding" | "manager")
by: (string | null)
words: (string | null)
lifted: {
at: string
by: (string | null)
words: string
}
}[]
controlsLeft: number
suspect: {
taskId: string
assignmentId: string
submittedAt: string
}[]
}
export interface Watch {
judged: number
right: number
controls: number
controlsRight: number
sum: number
cleanSince: (string | null)
suspectSince: (string | null)
paused: ({
since: string
reason: ("drift" | "onboarding" | "manager")
by: (string | null)
words: (string | null)
} | null)
}
export interface Reopened {
taskIds: string[]
}
export interface Strengths {
formId: string
stepId: string
question: string
criterion: (string | null)
models: {
model: string
strength: number
se: (number | null)
low: (number | null)
high: (number | null)
wins: number
losses: number
ties: number
}[]
chances: number[][]
nu: number
level: number
games: number
bothBad: number
converged: boolean
}
export interface Fit {
projectId: string
stepId: string
formId: string
question: string
number: number
method: "oneCoin"
settled: number
prevalence: number[]
rounds: number
converged: boolean
fittedAt: string
skills: {
userId: string
accuracy: number
labels: number
}[]
}
export interface QueueEntry {
assignmentId: string
taskId: string
projectId: string
projectName: string
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
status: ("assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned")
priority: (number | null)
assignedAt: string
expiresAt: (string | null)
timeInQueueSeconds: number
estimatedDurationMinutes: (number | null)
attempt: number
externalId: (string | null)
returnComment: (string | null)
submittedAt: (string | null)
submitsAt: (string | null)
hasDraft: boolean
ahead: boolean
task?: Task
}
export interface Task {
taskId: string
projectId: string
workflowId: string
status: (("open" | "completed" | "cancelled") | null)
currentStepId: (string | null)
priority: (number | null)
payload: unknown
requiredSkills: ({
anyOf: string[]
minLevel: number
dropAfterMinutes: (number | null)
}[] | null)
gold?: unknown
purpose?: ("work" | "control")
formId: (string | null)
version: (number | null)
cooldownUntil: (string | null)
externalId: (string | null)
createdAt: (string | null)
completedAt: (string | null)
}
export interface QueueStats {
totalPending: number
totalInProgress: number
byProject: {
[k: string]: {
projectName: string
pending: number
inProgress: number
}
}
submitted?: number
medianSeconds?: (number | null)
}
export interface Outlook {
open: number
forMe: number
reasons: {
[k: string]: number
}
missing: {
anyOf: string[]
minLevel: number
count: number
}[]
}
export interface Presence {
items: {
userId: string
displayName: string
avatarUrl: (string | null)
lastSeenAt: string
}[]
}
export interface NothingForYou {
assignment: null
open: number
reasons: {
[k: string]: number
}
}
export interface Claimed {
assignment: Assignment
task: Task
work?: AssignmentWork
}
export interface Assignment {
assignmentId: string
taskId: string
projectId: string
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
userId?: string
status: ("assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned")
attempt: number
version: number
assignedAt: string
acceptedAt: (string | null)
startedAt: (string | null)
submittedAt: (string | null)
rejectedAt: (string | null)
rejectReason: ({
code: string
comment?: string
} | null)
releaseReason: (string | null)
endReason: (string | null)
ahead: boolean
returnComment: (string | null)
expiresAt: (string | null)
previousAssignmentId: (string | null)
overrideReason: (string | null)
draftVersion: number
draftSavedAt: (string | null)
submitsAt: (string | null)
handedInAt: (string | null)
handedIn?: {
result: unknown
comment: (string | null)
}
presentation: ({
sides: {
[k: string]: string[]
}
options: {
[k: string]: string[]
}
prefilled: string[]
submissions?: string[]
} | null)
flag: ({
comment: string
} | null)
flaggedAt: (string | null)
comment: (string | null)
result?: unknown
draft?: unknown
draftComment?: string
}
export interface AssignmentWork {
assignment: Assignment
form: (Form | null)
show: {
name: string
as: string
[k: string]: unknown
}[]
presentation: ({
sides: {
[k: string]: string[]
}
options: {
[k: string]: string[]
}
prefilled: string[]
submissions?: string[]
} | null)
start: {
[k: string]: unknown
}
draft: ({
answers: unknown
comment?: string
draftVersion: number
savedAt: (string | null)
} | null)
submissions: {
assignmentId: string
result: unknown
comment: (string | null)
}[]
contested: string[]
}
export interface SavedDraft {
draftVersion: number
savedAt: string
open: {
question: (string | null)
rule: string
}[]
}
export interface SubmittedWithNext {
assignment: Assignment
next: (Claimed | NothingForYou)
}
export interface ExistingTask {
index: number
externalId: string
taskId: string
differs: boolean
}
export interface ListedTask {
taskId: string
projectId: string
workflowId: string
status: (("open" | "completed" | "cancelled") | null)
currentStepId: (string | null)
priority: (number | null)
payload: unknown
requiredSkills: ({
anyOf: string[]
minLevel: number
dropAfterMinutes: (number | null)
}[] | null)
gold?: unknown
purpose?: ("work" | "control")
formId: (string | null)
version: (number | null)
cooldownUntil: (string | null)
externalId: (string | null)
createdAt: (string | null)
completedAt: (string | null)
stepState: (("free" | "held" | "resting" | "nobody") | null)
mainReason: (("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson") | null)
holders: {
userId: string
displayName: string
}[]
flagged: boolean
}
export interface TaskView {
taskId: string
projectId: string
workflowId: string
status: (("open" | "completed" | "cancelled") | null)
currentStepId: (string | null)
priority: (number | null)
payload: unknown
requiredSkills: ({
anyOf: string[]
minLevel: number
dropAfterMinutes: (number | null)
}[] | null)
gold?: unknown
purpose?: ("work" | "control")
formId: (string | null)
version: (number | null)
cooldownUntil: (string | null)
externalId: (string | null)
createdAt: (string | null)
completedAt: (string | null)
steps: {
stepId: string
stepType: ("annotation" | "review" | "adjudication" | "automatic")
requiredSkills: {
anyOf: string[]
minLevel: number
dropAfterMinutes: (number | null)
}[]
assignmentsRequired: (number | {
min: number
max: number
until: ({
question: string
posterior: number
} | {
question: string
agreeing: number
})[]
giveUpAfterMinutes?: number
})
excludes: string[]
strategy: (string | null)
leaseMinutes: (number | null)
cooldownMinutes: (number | null)
estimatedDurationMinutes: (number | null)
when: ("always" | "disagreement" | "rejectedByReview")
agreeOn: (string | null)
formId: (string | null)
jobType: (string | null)
}[]
assignments: Assignment[]
overlap?: {
stepId: string
slots: number
min: number
max: number
until: {
question: string
posterior?: number
agreeing?: number
holds: (boolean | null)
}[]
posterior: ({
[k: string]: {
[k: string]: number
}
} | null)
}[]
ask?: {
jobId: string
name: string
}
show?: {
name: string
as: string
[k: string]: unknown
}[]
}
export interface Decision {
taskId: string
stepId: string
strategy: string
chosen: (string | null)
requirements: {
anyOf: string[]
minLevel: number
dropAfterMinutes: (number | null)
}[]
considered: number
eligible: number
mainReason: (string | null)
reasons: {
[k: string]: number
}
candidates: {
userId: string
eligible: boolean
reasons: {
code: string
[k: string]: unknown
}[]
score: (number | null)
parts: {
[k: string]: number
}
displayName: string
status: ("active" | "away" | "suspended")
scripted: boolean
skills: {
[k: string]: number
}
live: number
limit: number
quality: number
}[]
nextCursor: (string | null)
}
export interface BatchResult {
assigned: number
unassigned: {
taskId: string
reason: string
}[]
}
export interface PositionOf {
stepId: string
question: string
criterion: (string | null)
share: (number | null)
effect: (number | null)
low: (number | null)
high: (number | null)
reason: (string | null)
decisive: number
tasks: number
}
export interface TaskCounts {
byStatus: {
open: number
completed: number
cancelled: number
}
byStep: {
[k: string]: number
}
byState: {
free: number
held: number
resting: number
nobody: number
}
byReason: {
[k: string]: number
}
judged: number
complete: boolean
}
export interface StepTotals {
tasks: ({
open: number
completed: number
cancelled: number
} | null)
steps: {
stepId: string
stepType: (("annotation" | "review" | "adjudication" | "automatic") | null)
open: (number | null)
stay: ({
times: number
p50Ms: number
p90Ms: number
} | null)
}[]
}
export interface BulkCounted {
count: number
}
export interface Operation {
operationId: string
projectId: (string | null)
subject: ("jobs" | "tasks")
action: string
filter: unknown
options: unknown
state: ("running" | "done" | "stopped")
count: number
done: number
skipped: {
[k: string]: number
}
createdBy: (string | null)
createdAt: string
finishedAt: (string | null)
}
export interface TaskMove {
taskId: string
at: string
kind: ("assignment" | "status" | "step" | "priority" | "skills")
assignmentId: (string | null)
stepId: (string | null)
userId: (string | null)
attempt: (number | null)
from: (string | null)
to: (string | null)
by: (string | null)
how: (("pull" | "push" | "batch" | "reassign" | "restored") | null)
reason: (string | null)
decisionId: (string | null)
}
export interface TaskDecision {
decisionId: string
how: ("pull" | "push" | "batch" | "reassign" | "restored")
decidedAt: string
stepId: string
assignmentId: (string | null)
attempt: (number | null)
chosen: (string | null)
strategy: (string | null)
before: (number | null)
candidates: {
userId: string
eligible: boolean
reasons: {
code: string
[k: string]: unknown
}[]
score: (number | null)
parts: {
[k: string]: number
}
}[]
replayed: (boolean | null)
}
export interface QueueStatus {
projectId: string
paused: boolean
counts: {
pending: number
active: number
completed: number
failed: number
cancelled: number
}
byType: {
[k: string]: {
pending: number
active: number
completed: number
failed: number
cancelled: number
}
}
items: QueueItem[]
nextCursor: (string | null)
updatedAt: string
}
export interface QueueItem {
itemId: string
type: string
runId: (string | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
position: (number | null)
globalPosition: (number | null)
step: ({
name: string
index: number
total: number
} | null)
progress: number
attempt: number
cancelling: boolean
asleep: boolean
createdBy: (string | null)
createdAt: string
availableAt: string
startedAt: (string | null)
finishedAt: (string | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
usage?: ({
units: number
costMicros: number
} | null)
}
export interface ExistingQueueItem {
itemId: string
type: string
runId: (string | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
position: (number | null)
globalPosition: (number | null)
step: ({
name: string
index: number
total: number
} | null)
progress: number
attempt: number
cancelling: boolean
asleep: boolean
createdBy: (string | null)
createdAt: string
availableAt: string
startedAt: (string | null)
finishedAt: (string | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
usage?: ({
units: number
costMicros: number
} | null)
existing: true
differs: boolean
}
export interface AddedItems {
added: number
existing: number
refused: number
items: ({
status: "added"
jobId: string
} | {
status: "existing"
jobId: string
differs: boolean
} | {
status: "refused"
code: string
errors: {
path: string
message: string
question?: (string | null)
rule?: string
}[]
})[]
}
export interface QueueItemWithResult {
itemId: string
type: string
runId: (string | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
position: (number | null)
globalPosition: (number | null)
step: ({
name: string
index: number
total: number
} | null)
progress: number
attempt: number
cancelling: boolean
asleep: boolean
createdBy: (string | null)
createdAt: string
availableAt: string
startedAt: (string | null)
finishedAt: (string | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
usage?: ({
units: number
costMicros: number
} | null)
payload?: unknown
result?: unknown
}
export interface Cleared {
cancelled: number
}
export interface SystemQueue {
paused: boolean
counts: {
pending: number
active: number
completed: number
failed: number
cancelled: number
}
types: {
type: string
pending: number
active: number
completed: number
failed: number
cancelled: number
}[]
}
export interface Definition {
definitionId: string
projectId: string
name: string
version: number
jobType: string
scenarioCount: number
createdAt: string
}
export interface Scenario {
scenarioId: string
payload: unknown
}
export interface RunPreview {
scenarios: number
jobs: number
}
export interface Run {
runId: string
projectId: string
definitionId: string
status: ("pending" | "running" | "paused" | "completed" | "cancelled")
priority: ("low" | "normal" | "high")
config: {
models: string[]
repeats: number
samplePercentage: number
sampleSeed: number
experimentId: (string | null)
maxJobsPerSecond: (number | null)
definitionSnapshot: Definition
origin?: "import"
}
progress: {
total: number
completed: number
failed: number
cancelled: number
percentComplete: number
byModel: {
[k: string]: {
total: number
completed: number
failed: number
cancelled: number
}
}
}
escalation: ({
scenarios: number
waiting: number
ready: number
escalated: number
kept: number
overLimit: number
refused: number
notDecided: number
tasks: {
open: number
completed: number
cancelled: number
}
byReason: {
disagreement: number
failure: number
score: number
sample: number
manual: number
}
} | null)
link: ({
parentId: string
when: ("completed" | "ended" | "peopleDone")
state: ("waiting" | "making" | "made" | "ended")
made: number
refused: number
reason: (("nothingToDo" | "parentCancelled" | "refused" | "cancelled") | null)
stale: boolean
} | null)
waitsFor: {
kind: ("run" | "paused" | "coolDown" | "concurrency" | "perMinute" | "unitsPerMinute" | "budget")
by?: "limit"
key: (string | null)
runId?: string
used?: (number | null)
of?: (number | null)
opensAt?: (string | null)
}[]
version: number
startedBy: (string | null)
createdAt: string
startedAt: (string | null)
finishedAt: (string | null)
}
export interface RunWithUsage {
runId: string
projectId: string
definitionId: string
status: ("pending" | "running" | "paused" | "completed" | "cancelled")
priority: ("low" | "normal" | "high")
config: {
models: string[]
repeats: number
samplePercentage: number
sampleSeed: number
experimentId: (string | null)
maxJobsPerSecond: (number | null)
definitionSnapshot: Definition
origin?: "import"
}
progress: {
total: number
completed: number
failed: number
cancelled: number
percentComplete: number
byModel: {
[k: string]: {
total: number
completed: number
failed: number
cancelled: number
}
}
}
escalation: ({
scenarios: number
waiting: number
ready: number
escalated: number
kept: number
overLimit: number
refused: number
notDecided: number
tasks: {
open: number
completed: number
cancelled: number
}
byReason: {
disagreement: number
failure: number
score: number
sample: number
manual: number
}
} | null)
link: ({
parentId: string
when: ("completed" | "ended" | "peopleDone")
state: ("waiting" | "making" | "made" | "ended")
made: number
refused: number
reason: (("nothingToDo" | "parentCancelled" | "refused" | "cancelled") | null)
stale: boolean
refusals?: {
path: string
message: string
count: number
scenarioId: string
}[]
message?: (string | null)
} | null)
waitsFor: {
kind: ("run" | "paused" | "coolDown" | "concurrency" | "perMinute" | "unitsPerMinute" | "budget")
by?: "limit"
key: (string | null)
runId?: string
used?: (number | null)
of?: (number | null)
opensAt?: (string | null)
}[]
version: number
startedBy: (string | null)
createdAt: string
startedAt: (string | null)
finishedAt: (string | null)
usage?: {
calls: number
input: number
output: number
cached: number
cacheWrite: number
reasoning: number
costMicros: number
unpriced: number
byModel: {
[k: string]: {
calls: number
input: number
output: number
cached: number
cacheWrite: number
reasoning: number
costMicros: number
unpriced: number
}
}
}
}
export interface RunProgress {
runId: string
status: ("pending" | "running" | "paused" | "completed" | "cancelled")
total: number
completed: number
failed: number
cancelled: number
percentComplete: number
byModel: {
[k: string]: {
total: number
completed: number
failed: number
cancelled: number
}
}
ratePerSecond: number
etaSeconds: (number | null)
durations: {
model: string
jobs: number
p50Seconds: number
p95Seconds: number
}[]
}
export interface RunRates {
from: string
to: string
step: number
jobs: {
at: string
settled: number
failed: number
}[]
}
export interface RunFlow {
runs: {
runId: string
name: string
status: ("pending" | "running" | "paused" | "completed" | "cancelled")
progress: {
total: number
completed: number
failed: number
cancelled: number
}
link: ({
parentId: string
when: ("completed" | "ended" | "peopleDone")
state: ("waiting" | "making" | "made" | "ended")
made: number
refused: number
reason: (("nothingToDo" | "parentCancelled" | "refused" | "cancelled") | null)
stale: boolean
} | null)
}[]
links: {
parentId: string
runId: string
}[]
complete: boolean
}
export interface Job {
jobId: string
runId: (string | null)
type: string
model: (string | null)
scenarioId: (string | null)
repeat: (number | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
attempt: number
maxAttempts: number
createdAt: string
startedAt: (string | null)
finishedAt: (string | null)
result: unknown
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
}
export interface Escalation {
policy: {
when: ({
type: "disagreement"
agreeOn: (string | {
form: string
question: string
at?: string
})
minModels?: number
absent?: ("differs" | "ignored")
} | {
type: "failure"
of?: ("any" | "all")
} | {
type: "score"
at: string
below: number
of?: ("any" | "all" | "mean")
} | (({
probability: number
} | {
count: number
}) & {
type: "sample"
probability?: number
count?: number
seed: number
}))[]
task: {
payload: unknown
workflowId?: string
form?: string
priority?: number
requiredSkills?: unknown
gold?: unknown
}
limit?: number
revealModels?: boolean
}
scenarios: number
waiting: number
ready: number
escalated: number
kept: number
overLimit: number
refused: number
notDecided: number
tasks: {
open: number
completed: number
cancelled: number
}
byReason: {
disagreement: number
failure: number
score: number
sample: number
manual: number
}
}
export interface EscalationPreview {
scenarios: number
escalated: number
kept: number
overLimit: number
refused: number
notDecided: number
byReason: {
disagreement: number
failure: number
score: number
sample: number
manual: number
}
}
export interface ScenarioEscalation {
scenarioId: string
state: ("waiting" | "ready" | "escalated" | "kept" | "overLimit" | "refused" | "notDecided")
byHand: boolean
reasons: ("disagreement" | "failure" | "score" | "sample" | "manual")[]
probability: (number | null)
order: (number[] | null)
issues: ({
path: string
message: string
}[] | null)
taskId: (string | null)
outcome: unknown
taskStatus: (("open" | "completed" | "cancelled") | null)
decidedAt: (string | null)
}
export interface AskedByHand {
items: ScenarioEscalation[]
}
export interface PeopleAgainstModels {
agreeOn: (string | {
form: string
question: string
at?: string
})
tasks: {
open: number
completed: number
cancelled: number
}
settled: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
byReason: {
disagreement: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
failure: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
score: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
sample: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
manual: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
}
estimate: ({
models: {
[k: string]: {
agrees: number
differs: number
failed: number
undecided: number
n: number
accuracy: (number | null)
interval: ({
low: number
high: number
} | null)
}
}
tasksOpen: number
} | {
refused: ("no_sample" | "limit_reached")
})
}
export interface JobPage {
items: {
usage: ({
units: number
costMicros: number
} | null)
jobId: string
projectId: string
runId: (string | null)
taskId: (string | null)
type: string
model: (string | null)
scenarioId: (string | null)
repeat: (number | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
position: (number | null)
globalPosition: (number | null)
step: ({
name: string
index: number
total: number
} | null)
progress: number
attempt: number
maxAttempts: number
cancelling: boolean
asleep: boolean
createdBy: (string | null)
createdAt: string
availableAt: string
startedAt: (string | null)
finishedAt: (string | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
}[]
nextCursor: (string | null)
searched: number
complete: boolean
}
export interface JobCauses {
items: {
causeId: number
projectId: string
type: string
code: string
pattern: string
sample: string
failed: number
lastHour: number[]
firstAt: string
lastAt: string
}[]
}
export interface JobDetail {
usage: ({
units: number
costMicros: number
} | null)
jobId: string
projectId: string
runId: (string | null)
taskId: (string | null)
type: string
model: (string | null)
scenarioId: (string | null)
repeat: (number | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
position: (number | null)
globalPosition: (number | null)
step: ({
name: string
index: number
total: number
} | null)
progress: number
attempt: number
maxAttempts: number
cancelling: boolean
asleep: boolean
createdBy: (string | null)
createdAt: string
availableAt: string
startedAt: (string | null)
finishedAt: (string | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
payload: unknown
result: unknown
attempts: {
attempt: number
startedAt: string
endedAt: (string | null)
workerId: (string | null)
outcome: (("completed" | "failed" | "cancelled" | "retried" | "notNow" | "returned" | "lost" | "asleep") | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
}[]
cause: ({
causeId: number
code: string
pattern: string
} | null)
tick: ({
scheduleId: string
plannedAt: string
again: number
} | null)
asks: {
name: string
taskId: string
state: ("open" | "answered" | "defaulted" | "timedOut" | "cancelled")
answer: unknown
by: string[]
askedAt: string
endedAt: (string | null)
timeoutAt: (string | null)
stale: boolean
}[]
waitsFor: {
kind: ("notDue" | "pace" | "paused" | "coolDown" | "concurrency" | "perMinute" | "unitsPerMinute" | "budget" | "parents" | "run" | "worker" | "turn" | "person")
runId?: string
when?: ("completed" | "ended" | "peopleDone")
asks?: string[]
by?: ("system" | "project" | "run" | "limit")
key?: string
used?: (number | null)
of?: (number | null)
opensAt?: (string | null)
ahead?: number
aheadMore?: boolean
before?: number
beforeInAll?: number
}[]
}
export interface JobFlow {
jobId: string
levels: {
level: number
nodes: {
jobId: string
type: string
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
}[]
counts: {
type: string
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
count: number
}[]
}[]
links: {
parentId: string
childId: string
}[]
complete: boolean
}
export interface JobsPreview {
count: number
byState: {
[k: string]: number
}
byType: {
[k: string]: number
}
sample: {
usage: ({
units: number
costMicros: number
} | null)
jobId: string
projectId: string
runId: (string | null)
taskId: (string | null)
type: string
model: (string | null)
scenarioId: (string | null)
repeat: (number | null)
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
priority: number
position: (number | null)
globalPosition: (number | null)
step: ({
name: string
index: number
total: number
} | null)
progress: number
attempt: number
maxAttempts: number
cancelling: boolean
asleep: boolean
createdBy: (string | null)
createdAt: string
availableAt: string
startedAt: (string | null)
finishedAt: (string | null)
error: ({
code: string
message: string
retryable: boolean
details?: {
jobId: string
type: string
}
} | null)
}[]
}
export interface Schedule {
scheduleId: string
projectId: string
name: string
when: ({
cron: string
zone: string
} | {
everySeconds: number
anchor: string
} | {
at: string
})
says: string
start: unknown
missed: ("skip" | "one" | "all")
maxCatchUp: number
graceSeconds: number
overlap: ("allow" | "skip" | "cancel")
jitterSeconds: number
startsAt: (string | null)
endsAt: (string | null)
paused: boolean
version: number
nextAt: (string | null)
lastTick: (Tick | null)
zoneData: (string | null)
createdBy: (string | null)
createdAt: string
}
export interface Tick {
plannedAt: string
again: number
firedAt: string
outcome: ("started" | "overlapped" | "missed" | "refused")
jobId: (string | null)
runId: (string | null)
error: ({
code: string
message: string
} | null)
count: number
until: (string | null)
}
export interface WhenPreview {
says: string
items: UpcomingTick[]
}
export interface UpcomingTick {
at: string
local: string
offset: string
note: (("moved" | "repeated") | null)
}
export interface WebhookWithSecret {
webhook: Webhook
secret: string
}
export interface Webhook {
webhookId: string
projectId: (string | null)
url: string
types: (string[] | null)
description: string
disabled: (("gone" | "exhausted" | "byHand") | null)
failures: number
nextAt: (string | null)
version: number
createdBy: (string | null)
createdAt: string
}
export interface Delivery {
deliveryId: string
webhookId: string
messageId: string
type: string
projectId: (string | null)
seq: (number | null)
attempt: number
outcome: ("delivered" | "failed")
status: (number | null)
response: (string | null)
error: ({
code: string
message: string
} | null)
ms: number
createdAt: string
}
export interface OpenedWorker {
workerId: string
leaseSeconds: number
heartbeatSeconds: number
}
export interface HeartbeatAnswer {
cancel: string[]
lost: string[]
}
export interface ClaimedJobs {
jobs: {
jobId: string
projectId: string
runId: (string | null)
taskId: (string | null)
type: string
payload: unknown
model: (string | null)
scenarioId: (string | null)
repeat: (number | null)
attempt: number
startedAt: string
deadline: string
answers?: {
[k: string]: {
state: ("answered" | "defaulted" | "timedOut" | "cancelled")
answer: unknown
by: string[]
taskId: string
digest: string
}
}
kept?: {
[k: string]: unknown
}
}[]
}
export interface SettledOutcomes {
outcomes: {
jobId: string
status: ("recorded" | "repeated" | "lost" | "refused")
errors?: {
path: string
message: string
question?: (string | null)
rule?: string
}[]
}[]
}
export interface ImportView {
importId: string
projectId: string
name: string
format: string
formatVersion: (string | null)
target: (("tasks" | "definition" | "run" | "form") | null)
mode: ("atomic" | "chunks")
dryRun: boolean
onConflict: ("refuse" | "skip")
submissions: boolean
jobType: (string | null)
mapping: unknown
status: ("receiving" | "checking" | "writing" | "completed" | "refused" | "failed" | "cancelled")
sha256: (string | null)
bytes: number
counts: {
read: number
made: number
same: number
changed: number
refused: number
left: number
}
createdIds: {
definitionId?: string
runId?: string
formId?: string
}
error: ({
code: string
message: string
} | null)
createdBy: (string | null)
createdAt: string
finishedAt: (string | null)
}
export interface ExportView {
exportId: string
projectId: string
what: ("run" | "tasks" | "definition")
format: string
runIds: string[]
definitionId: (string | null)
people: ("none" | "pseudonym" | "id")
gzip: boolean
fields: string[]
delimiter: (string | null)
csvSafe: boolean
formId: (string | null)
question: (string | null)
promptAt: (string | null)
status: ("waiting" | "writing" | "completed" | "failed")
rows: number
files: {
name: string
rows: number
bytes: number
sha256: string
}[]
error: ({
code: string
message: string
} | null)
createdBy: (string | null)
createdAt: string
finishedAt: (string | null)
expiresAt: (string | null)
}
export interface ExportManifest {
format: string
formatVersion: (string | null)
musterVersion: string
exportId: string
createdAt: string
seq: number
oneMoment: boolean
runs: {
runId: string
definitionId: string
version: number
sampleSeed: number
samplePercentage: number
models: string[]
status: string
escalation: unknown
}[]
definition: ({
definitionId: string
version: number
} | null)
form: ({
formId: string
name: string
version: number
} | null)
people: ("none" | "pseudonym" | "id")
files: {
name: string
rows: number
bytes: number
sha256: string
}[]
left: {
what: string
count: number
why: string
}[]
}
export interface Event {
eventId: string
type: string
projectId: string
seq: number
affectedUserIds: (string[] | null)
occurredAt: string
data: {
[k: string]: unknown
}
}
export interface Rates {
from: string
to: string
step: number
jobs: {
type: string
at: string
settled: number
failed: number
retried: number
lost: number
}[]
steps: {
stepId: string
stepType: string
at: string
submitted: number
returned: number
}[]
}
export interface Limit {
key: string
origin: ("code" | "api")
concurrency: (number | null)
perMinute: (number | null)
burst: (number | null)
unitsPerMinute: (number | null)
estimate: (number | null)
adaptive: ({
min: number
start: number
} | null)
paused: boolean
version: number
inUse: number
startsLastMinute: number
unitsLastMinute: number
waiting: number
window: (number | null)
opensAt: (string | null)
coolUntil: (string | null)
coolDowns: number
}
export interface Budget {
budgetId: string
projectId: string
scope: ({
runId: string
} | {
projectId: string
day?: string
})
capMicros: number
soft: number
hard: boolean
atCap: ("pause" | "cancel")
spentMicros: number
reservedMicros: number
assumedMicros: number
estimate: ("known" | "none")
resetsAt: (string | null)
reached: boolean
version: number
}
export interface UsageView {
by: ("run" | "model" | "project" | "day")
total: {
calls: number
input: number
output: number
cached: number
cacheWrite: number
reasoning: number
costMicros: number
unpriced: number
}
items: {
runId?: (string | null)
model?: string
projectId?: string
day?: string
calls: number
input: number
output: number
cached: number
cacheWrite: number
reasoning: number
costMicros: number
unpriced: number
}[]
more: boolean
}
export interface Price {
model: string
from: string
inputMicros: number
outputMicros: number
cachedMicros: number
cacheWriteMicros: number
}
export interface KeptPrices {
items: Price[]
}
export interface Matrix {
labelAt: string
scoreAt: string
models: string[]
repeats: number
total: number
rows: {
place: number
scenarioId: string
preview: string
cells: {
[k: string]: {
jobId: string
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
label: (string | null)
score: (number | null)
repeats?: {
jobId: string
state: ("pending" | "active" | "completed" | "failed" | "cancelled")
label: (string | null)
score: (number | null)
}[]
}
}
taskId: (string | null)
people: ({
status: ("open" | "completed" | "cancelled")
label: (string | null)
answers: number
} | null)
}[]
}
export interface MatrixPlaces {
count: number
total: number
bitmap: string
}
export interface Comparison {
comparisonId: string
projectId: string
baseline: {
runId: string
model: string
}
candidate: {
runId: string
model: string
}
seed: number
level: number
clusterBy: (string | null)
partial: boolean
pairs: {
n: number
clusters: (number | null)
onlyBaseline: number
onlyCandidate: number
changed: number
}
metrics: {
metric: string
kind: ("binary" | "ordinal" | "numeric")
aggregate: ("mean" | "median" | "p95")
n: number
units: number
missing: {
baseline: number
candidate: number
}
wins: number
losses: number
baseline: (number | null)
candidate: (number | null)
difference: (number | null)
low: (number | null)
high: (number | null)
se: (number | null)
p: (number | null)
midP: (number | null)
pAdjusted: (number | null)
test: (string | null)
minimumDetectable: (number | null)
verdict: ("improved" | "regressed" | "no_difference_shown" | "INCONCLUSIVE")
reason: (("too_few_pairs" | "too_many_missing") | null)
}[]
slices: {
at: string
value: unknown
metric: string
n: number
units: number
difference: (number | null)
low: (number | null)
high: (number | null)
p: (number | null)
q: (number | null)
exploratory: true
}[]
createdAt: string
}
export interface ModelMetric {
model: string
name: string
n: number
missing: number
value: (number | null)
low: (number | null)
high: (number | null)
}
export interface AskedPeople {
added: string[]
existing: number
}
export interface Gate {
gateId: string
projectId: string
decision: ("GO" | "NO-GO" | "INCONCLUSIVE")
rules: {
metric: string
tier: ("critical" | "supporting" | "advisory")
maxDrop?: number
minValue?: number
slice?: {
at: string
is: unknown
}
minPairs?: number
calibrationId?: string
n: number
value: (number | null)
difference: (number | null)
low: (number | null)
high: (number | null)
pass: (number | null)
block: (number | null)
blockAdjusted: (number | null)
minimumDetectable: (number | null)
verdict: ("PASS" | "BLOCK" | "INCONCLUSIVE")
reason: (("missing_metric" | "missing_slice" | "too_few_pairs" | "too_many_missing" | "not_drawn_here" | "provisional" | "too_few_labels" | "labels_missing" | "unscored" | "unstable_weights" | "run_changed" | "people_disagree") | null)
}[]
baseline: {
runId: string
model: string
}
candidate: {
runId: string
model: string
}
policy: {
version: 1
alpha?: number
metrics: {
name: string
[k: string]: unknown
}[]
clusterBy?: string
seed?: number
rules: {
metric: string
tier: ("critical" | "supporting" | "advisory")
maxDrop?: number
minValue?: number
slice?: {
at: string
is: unknown
}
minPairs?: number
calibrationId?: string
}[]
}
comparisonId: string
createdAt: string
}
export interface CalibrationPlan {
units: number
unscored: number
drawn: number
tasks: number
allocation: {
stratum: unknown
units: number
drawn: number
}[]
halfWidths: {
model: string
halfWidth: (number | null)
}[]
}
export interface Calibration {
calibrationId: string
projectId: string
runId: string
design: ("uniform" | "stratified" | "active")
kind: ("share" | "mean")
budget: number
seed: number
target: ("scenarios" | "run")
unscored: number
createdAt: string
judge: {
type: string
[k: string]: unknown
}
range: number[]
truth: {
projectId: string
question: string
map?: {
[k: string]: number
}
}
anytime: boolean
status: ("labelling" | "complete" | "cancelled")
units: number
labelled: number
waiting: number
provisional: boolean
extended: boolean
models: {
model: string
labelled: number
estimate: (number | null)
low: (number | null)
high: (number | null)
se: (number | null)
lambda: ((number | number[]) | null)
judgeMean: (number | null)
bias: ({
value: number
low: number
high: number
} | null)
saved: (number | null)
judge: ({
sensitivity: {
value: (number | null)
interval: ({
low: number
high: number
} | null)
}
specificity: {
value: (number | null)
interval: ({
low: number
high: number
} | null)
}
precision: {
value: (number | null)
interval: ({
low: number
high: number
} | null)
}
kappa: {
value: (number | null)
interval: ({
low: number
high: number
} | null)
}
effective: number
} | null)
curve: {
score: number
n: number
answer: number
low: (number | null)
high: (number | null)
}[]
refused: ({
code: ("too_few_labels" | "labels_missing" | "unscored" | "unstable_weights" | "run_changed" | "people_disagree")
message: string
} | null)
}[]
differences: {
a: string
b: string
estimate: (number | null)
low: (number | null)
high: (number | null)
se: (number | null)
labelled: number
}[]
}
export interface WsTicket {
ticket: string
expiresAt: string
}
export interface SystemProcesses {
workers: {
type: string
workers: number
}[]
processes?: {
processId: string
roles: ("api" | "worker" | "scheduler")[]
host: string
pid: number
version: string
since: string
seenAt: string
silentSince: (string | null)
slots: number
active: number
types: {
type: string
slots: number
active: number
}[]
lagP99Ms: (number | null)
}[]
durations?: {
type: string
ended: number
p50Ms: number
p95Ms: number
}[]
}
export interface SystemSetup {
version: string
checks: {
[k: string]: "ok" | "unavailable"
}
database: ({
server: string
migrations: number
latestMigration: string
} | null)
keepEventsHours: number
keepDraftsDays: number
issuers: string[]
requestsPerMinute: number
}
export interface ImportPreview {
format: (string | null)
formatVersion: (string | null)
sample: {
kind: string
line: (number | null)
value: unknown
}[]
fields: {
place: string
type: (string | null)
share: number
mappedTo: (string | null)
}[]
findings: {
line: (number | null)
place: (string | null)
externalId: (string | null)
level: ("error" | "left" | "note")
code: string
message: string
}[]
}
