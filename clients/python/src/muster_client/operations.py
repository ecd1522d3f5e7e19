# mypy: disable-error-code="no-any-return"
"""Every operation of the API. Written by `npm run client:python` from the API’s own document."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .client import Listing
    from .types import *

#: Every operation by its id: method, path, what it takes, what kind of answer it gives, and whether it takes an Idempotency-Key.
OPERATIONS: dict[str, tuple[str, str, str, str, bool]] = {
    "getSession": ("GET", "/session", "none", "json", False),
    "getMe": ("GET", "/me", "none", "json", False),
    "changeMe": ("PATCH", "/me", "body", "json", False),
    "getMySettings": ("GET", "/me/settings", "none", "json", False),
    "keepMySettings": ("PUT", "/me/settings", "body", "json", False),
    "addUser": ("POST", "/users", "body", "json", True),
    "listUsers": ("GET", "/users", "none", "page", False),
    "getUser": ("GET", "/users/{id}", "none", "json", False),
    "changeUser": ("PATCH", "/users/{id}", "body", "json", False),
    "listQuality": ("GET", "/users/{id}/quality", "none", "json", False),
    "setQuality": ("PUT", "/users/{id}/quality", "body", "json", False),
    "addProject": ("POST", "/projects", "body", "json", True),
    "listProjects": ("GET", "/projects", "none", "page", False),
    "getProject": ("GET", "/projects/{projectId}", "none", "json", False),
    "changeProject": ("PATCH", "/projects/{projectId}", "body", "json", False),
    "listMembers": ("GET", "/projects/{projectId}/members", "none", "page", False),
    "listPeopleOfProject": ("GET", "/projects/{projectId}/people", "none", "page", False),
    "getPersonOfProject": ("GET", "/projects/{projectId}/people/{userId}", "none", "json", False),
    "addMember": ("PUT", "/projects/{projectId}/members/{userId}", "none", "nothing", False),
    "removeMember": ("DELETE", "/projects/{projectId}/members/{userId}", "none", "nothing", False),
    "addWorkflow": ("POST", "/workflows", "body", "json", True),
    "listWorkflows": ("GET", "/workflows", "none", "page", False),
    "getWorkflow": ("GET", "/workflows/{id}", "none", "json", False),
    "addForm": ("POST", "/forms", "body", "json", True),
    "listForms": ("GET", "/forms", "none", "page", False),
    "getForm": ("GET", "/forms/{id}", "none", "json", False),
    "getFormSchema": ("GET", "/forms/{id}/schema", "none", "json", False),
    "listFormTemplates": ("GET", "/form-templates", "none", "json", False),
    "checkForm": ("POST", "/forms/check", "body", "json", False),
    "readAgreement": ("GET", "/projects/{projectId}/agreement", "none", "json", False),
    "readAgreementMatrix": ("GET", "/projects/{projectId}/agreement/matrix", "none", "json", False),
    "getPersonQuality": ("GET", "/projects/{projectId}/people/{userId}/quality", "none", "json", False),
    "pausePerson": ("POST", "/projects/{projectId}/people/{userId}/pause", "body", "json", True),
    "resumePerson": ("POST", "/projects/{projectId}/people/{userId}/resume", "body", "json", True),
    "reopenWork": ("POST", "/projects/{projectId}/people/{userId}/reopen", "body", "json", True),
    "readAggregates": ("GET", "/projects/{projectId}/aggregates.ndjson", "none", "lines", False),
    "readStrengths": ("GET", "/projects/{projectId}/strengths", "none", "json", False),
    "refit": ("POST", "/projects/{projectId}/refit", "body", "json", False),
    "listFits": ("GET", "/projects/{projectId}/fits", "none", "page", False),
    "listMyQueue": ("GET", "/queue", "none", "page", False),
    "getMyQueueStats": ("GET", "/queue/stats", "none", "json", False),
    "getMyOutlook": ("GET", "/queue/outlook", "none", "json", False),
    "listPresence": ("GET", "/queue/presence/{projectId}", "none", "json", False),
    "claimNext": ("POST", "/queue/next", "body", "json", True),
    "getAssignment": ("GET", "/assignments/{id}", "none", "json", False),
    "getAssignmentWork": ("GET", "/assignments/{id}/work", "none", "json", False),
    "saveDraft": ("PUT", "/assignments/{id}/draft", "body", "json", False),
    "flagAssignment": ("PUT", "/assignments/{id}/flag", "body", "json", False),
    "unflagAssignment": ("DELETE", "/assignments/{id}/flag", "none", "json", False),
    "acceptAssignment": ("POST", "/assignments/{id}/accept", "body", "json", False),
    "startAssignment": ("POST", "/assignments/{id}/start", "body", "json", False),
    "heartbeatAssignment": ("POST", "/assignments/{id}/heartbeat", "body", "json", False),
    "submitAssignment": ("POST", "/assignments/{id}/submit", "body", "json", True),
    "takeBackSubmission": ("DELETE", "/assignments/{id}/submission", "none", "json", False),
    "rejectAssignment": ("POST", "/assignments/{id}/reject", "body", "json", False),
    "releaseAssignment": ("POST", "/assignments/{id}/release", "body", "json", False),
    "reassignAssignment": ("POST", "/assignments/{id}/reassign", "body", "json", False),
    "addTasks": ("POST", "/projects/{projectId}/tasks", "body", "json", True),
    "listTasks": ("GET", "/projects/{projectId}/tasks", "none", "page", False),
    "getTask": ("GET", "/tasks/{id}", "none", "json", False),
    "changeTask": ("PATCH", "/tasks/{id}", "body", "json", False),
    "cancelTask": ("POST", "/tasks/{id}/cancel", "body", "json", False),
    "endReservations": ("POST", "/tasks/{id}/end-reservations", "body", "json", False),
    "assignTask": ("POST", "/tasks/{id}/assign", "body", "json", True),
    "listCandidates": ("GET", "/tasks/{id}/candidates", "none", "json", False),
    "assignBatch": ("POST", "/projects/{projectId}/assignments/batch", "body", "json", True),
    "getPositionEffects": ("GET", "/projects/{projectId}/position", "none", "json", False),
    "readProjectResults": ("GET", "/projects/{projectId}/results.ndjson", "none", "lines", False),
    "listAllTasks": ("GET", "/tasks", "none", "page", False),
    "getAllTaskCounts": ("GET", "/tasks/counts", "none", "json", False),
    "getTaskCounts": ("GET", "/projects/{projectId}/tasks/counts", "none", "json", False),
    "getStepTotals": ("GET", "/projects/{projectId}/steps", "none", "json", False),
    "bulkTasks": ("POST", "/tasks/bulk", "body", "json", True),
    "getTaskHistory": ("GET", "/tasks/{id}/history", "none", "page", False),
    "getTaskDecisions": ("GET", "/tasks/{id}/decisions", "none", "page", False),
    "getQueueStatus": ("GET", "/projects/{projectId}/queue/status", "none", "json", False),
    "addToQueue": ("POST", "/projects/{projectId}/queue/add", "body", "json", True),
    "addManyToQueue": ("POST", "/projects/{projectId}/queue/add-many", "body", "json", True),
    "getQueueItem": ("GET", "/projects/{projectId}/queue/{itemId}", "none", "json", False),
    "cancelQueueItem": ("DELETE", "/projects/{projectId}/queue/{itemId}", "none", "json", False),
    "setQueueItemPriority": ("PUT", "/projects/{projectId}/queue/{itemId}/priority", "body", "json", False),
    "retryQueueItem": ("POST", "/projects/{projectId}/queue/{itemId}/retry", "body", "json", False),
    "clearQueue": ("DELETE", "/projects/{projectId}/queue", "none", "json", False),
    "pauseQueue": ("POST", "/projects/{projectId}/queue/pause", "body", "json", False),
    "resumeQueue": ("POST", "/projects/{projectId}/queue/resume", "body", "json", False),
    "getSystemQueue": ("GET", "/system/queue", "none", "json", False),
    "pauseSystem": ("POST", "/system/queue/pause", "body", "json", False),
    "resumeSystem": ("POST", "/system/queue/resume", "body", "json", False),
    "addDefinition": ("POST", "/projects/{projectId}/definitions", "body", "json", True),
    "listDefinitions": ("GET", "/projects/{projectId}/definitions", "none", "page", False),
    "getDefinition": ("GET", "/definitions/{id}", "none", "json", False),
    "listScenarios": ("GET", "/definitions/{id}/scenarios", "none", "page", False),
    "startRun": ("POST", "/projects/{projectId}/runs", "body", "json", True),
    "listRuns": ("GET", "/projects/{projectId}/runs", "none", "page", False),
    "listAllRuns": ("GET", "/runs", "none", "page", False),
    "getRun": ("GET", "/runs/{id}", "none", "json", False),
    "changeRun": ("PATCH", "/runs/{id}", "body", "json", False),
    "getRunProgress": ("GET", "/runs/{id}/progress", "none", "json", False),
    "getRunRates": ("GET", "/runs/{id}/rates", "none", "json", False),
    "getRunFlow": ("GET", "/runs/{id}/flow", "none", "json", False),
    "listRunJobs": ("GET", "/runs/{id}/jobs", "none", "page", False),
    "readRunResults": ("GET", "/runs/{id}/results.ndjson", "none", "lines", False),
    "getEscalation": ("GET", "/runs/{id}/escalation", "none", "json", False),
    "changeEscalation": ("PUT", "/runs/{id}/escalation", "body", "json", False),
    "escalateRun": ("POST", "/runs/{id}/escalate", "body", "json", True),
    "listEscalations": ("GET", "/runs/{id}/escalations", "none", "page", False),
    "escalateByHand": ("POST", "/runs/{id}/escalations", "body", "json", True),
    "comparePeople": ("GET", "/runs/{id}/people", "none", "json", False),
    "refreshRun": ("POST", "/runs/{id}/refresh", "body", "json", True),
    "pauseRun": ("POST", "/runs/{id}/pause", "body", "json", True),
    "resumeRun": ("POST", "/runs/{id}/resume", "body", "json", True),
    "cancelRun": ("POST", "/runs/{id}/cancel", "body", "json", True),
    "retryFailedJobs": ("POST", "/runs/{id}/retry-failed", "body", "json", True),
    "findJobs": ("GET", "/jobs", "none", "json", False),
    "findProjectJobs": ("GET", "/projects/{projectId}/jobs", "none", "json", False),
    "listJobCauses": ("GET", "/jobs/causes", "none", "json", False),
    "listProjectJobCauses": ("GET", "/projects/{projectId}/jobs/causes", "none", "json", False),
    "getJob": ("GET", "/jobs/{id}", "none", "json", False),
    "getJobFlow": ("GET", "/jobs/{id}/flow", "none", "json", False),
    "moveJobs": ("POST", "/jobs/bulk", "body", "json", True),
    "exportJobs": ("POST", "/jobs/export", "body", "lines", False),
    "getOperation": ("GET", "/operations/{id}", "none", "json", False),
    "stopOperation": ("DELETE", "/operations/{id}", "none", "json", False),
    "addSchedule": ("POST", "/projects/{projectId}/schedules", "body", "json", True),
    "listSchedules": ("GET", "/projects/{projectId}/schedules", "none", "page", False),
    "previewSchedule": ("POST", "/projects/{projectId}/schedules/preview", "body", "json", False),
    "getSchedule": ("GET", "/schedules/{id}", "none", "json", False),
    "changeSchedule": ("PATCH", "/schedules/{id}", "body", "json", False),
    "removeSchedule": ("DELETE", "/schedules/{id}", "none", "nothing", False),
    "pauseSchedule": ("POST", "/schedules/{id}/pause", "body", "json", False),
    "resumeSchedule": ("POST", "/schedules/{id}/resume", "body", "json", False),
    "fireSchedule": ("POST", "/schedules/{id}/fire", "body", "json", True),
    "listNextTicks": ("GET", "/schedules/{id}/next", "none", "json", False),
    "listTicks": ("GET", "/schedules/{id}/ticks", "none", "page", False),
    "addWebhook": ("POST", "/projects/{projectId}/webhooks", "body", "json", True),
    "listWebhooks": ("GET", "/projects/{projectId}/webhooks", "none", "page", False),
    "addWebhookOfAll": ("POST", "/webhooks", "body", "json", True),
    "listWebhooksOfAll": ("GET", "/webhooks", "none", "page", False),
    "getWebhook": ("GET", "/webhooks/{id}", "none", "json", False),
    "changeWebhook": ("PATCH", "/webhooks/{id}", "body", "json", False),
    "removeWebhook": ("DELETE", "/webhooks/{id}", "none", "nothing", False),
    "listDeliveries": ("GET", "/webhooks/{id}/deliveries", "none", "page", False),
    "enableWebhook": ("POST", "/webhooks/{id}/enable", "body", "json", False),
    "disableWebhook": ("POST", "/webhooks/{id}/disable", "body", "json", False),
    "rotateWebhookSecret": ("POST", "/webhooks/{id}/rotate", "body", "json", False),
    "testWebhook": ("POST", "/webhooks/{id}/test", "body", "json", False),
    "replayWebhook": ("POST", "/webhooks/{id}/replay", "body", "json", False),
    "openWorker": ("POST", "/workers", "body", "json", False),
    "heartbeatWorker": ("POST", "/workers/{id}/heartbeat", "body", "json", False),
    "closeWorker": ("DELETE", "/workers/{id}", "none", "nothing", False),
    "claimJobs": ("POST", "/workers/{id}/claim", "body", "json", False),
    "settleJobs": ("POST", "/workers/{id}/settle", "body", "json", False),
    "returnJobs": ("POST", "/workers/{id}/return", "body", "json", False),
    "listImports": ("GET", "/projects/{projectId}/imports", "none", "page", False),
    "bringFile": ("POST", "/projects/{projectId}/imports", "file", "json", True),
    "getImport": ("GET", "/imports/{id}", "none", "json", False),
    "readImportReport": ("GET", "/imports/{id}/report.ndjson", "none", "lines", False),
    "cancelImport": ("POST", "/imports/{id}/cancel", "body", "json", False),
    "startExport": ("POST", "/projects/{projectId}/exports", "body", "json", True),
    "listExports": ("GET", "/projects/{projectId}/exports", "none", "page", False),
    "getExport": ("GET", "/exports/{id}", "none", "json", False),
    "getExportManifest": ("GET", "/exports/{id}/manifest.json", "none", "json", False),
    "readExportFile": ("GET", "/exports/{id}/files/{name}", "none", "bytes", False),
    "listEvents": ("GET", "/projects/{projectId}/events", "none", "page", False),
    "getRates": ("GET", "/projects/{projectId}/rates", "none", "json", False),
    "getSystemRates": ("GET", "/system/rates", "none", "json", False),
    "listLimits": ("GET", "/limits", "none", "page", False),
    "getLimit": ("GET", "/limits/{key}", "none", "json", False),
    "putLimit": ("PUT", "/limits/{key}", "body", "json", False),
    "deleteLimit": ("DELETE", "/limits/{key}", "none", "nothing", False),
    "coolLimit": ("POST", "/limits/{key}/cool", "body", "json", False),
    "warmLimit": ("POST", "/limits/{key}/warm", "body", "json", False),
    "addBudget": ("POST", "/projects/{projectId}/budgets", "body", "json", True),
    "listBudgets": ("GET", "/projects/{projectId}/budgets", "none", "page", False),
    "listAllBudgets": ("GET", "/budgets", "none", "page", False),
    "getBudget": ("GET", "/budgets/{id}", "none", "json", False),
    "putBudget": ("PUT", "/budgets/{id}", "body", "json", False),
    "deleteBudget": ("DELETE", "/budgets/{id}", "none", "nothing", False),
    "getUsage": ("GET", "/projects/{projectId}/usage", "none", "json", False),
    "getAllUsage": ("GET", "/usage", "none", "json", False),
    "listPrices": ("GET", "/prices", "none", "page", False),
    "putPrices": ("PUT", "/prices", "body", "json", False),
    "getRunMatrix": ("GET", "/runs/{id}/matrix", "none", "json", False),
    "findRunPlaces": ("GET", "/runs/{id}/matrix/places", "none", "json", False),
    "addComparison": ("POST", "/projects/{projectId}/comparisons", "body", "json", True),
    "listComparisons": ("GET", "/projects/{projectId}/comparisons", "none", "page", False),
    "getComparison": ("GET", "/comparisons/{id}", "none", "json", False),
    "getComparisonReport": ("GET", "/comparisons/{id}/report.html", "none", "text", False),
    "getRunMetrics": ("POST", "/runs/{id}/metrics", "body", "json", True),
    "listComparedPairs": ("GET", "/comparisons/{id}/pairs.ndjson", "none", "lines", False),
    "askPeople": ("POST", "/comparisons/{id}/tasks", "body", "json", True),
    "runGate": ("POST", "/projects/{projectId}/gates", "body", "json", True),
    "listGates": ("GET", "/projects/{projectId}/gates", "none", "page", False),
    "getGate": ("GET", "/gates/{id}", "none", "json", False),
    "startCalibration": ("POST", "/projects/{projectId}/calibrations", "body", "json", True),
    "listCalibrations": ("GET", "/projects/{projectId}/calibrations", "none", "page", False),
    "getCalibration": ("GET", "/calibrations/{id}", "none", "json", False),
    "getCalibrationReport": ("GET", "/calibrations/{id}/report.html", "none", "text", False),
    "extendCalibration": ("POST", "/calibrations/{id}/extend", "body", "json", True),
    "cancelCalibration": ("POST", "/calibrations/{id}/cancel", "body", "json", True),
    "listCalibrationUnits": ("GET", "/calibrations/{id}/units.ndjson", "none", "lines", False),
    "takeWsTicket": ("POST", "/ws-ticket", "none", "json", False),
    "listProcesses": ("GET", "/system/processes", "none", "json", False),
    "getSystem": ("GET", "/system", "none", "json", False),
    "previewFile": ("POST", "/projects/{projectId}/imports/preview", "file", "json", False),
}


class Calls:
    """Every operation of the API as a call."""

    def _call(self, operation: str, path: t.Mapping[str, str], body: t.Any = None, query: t.Mapping[str, t.Any] | None = None, idempotency_key: str | None = None, if_match: int | None = None) -> t.Any:
        raise NotImplementedError

    def get_session(self) -> Session:
        """Who is calling, as what, and until when.

        Known also of a token that names nobody of the directory. Up to 200 projects are named."""
        return self._call("getSession", {})

    def get_me(self) -> User:
        """Who I am."""
        return self._call("getMe", {})

    def change_me(self, body: ChangeMeBody, *, if_match: int | None = None) -> User:
        """Go away, or come back."""
        return self._call("changeMe", {}, body, if_match=if_match)

    def get_my_settings(self) -> MySettings:
        """My settings.

        Whatever a page keeps for the caller, by name; empty if nothing was kept."""
        return self._call("getMySettings", {})

    def keep_my_settings(self, body: KeepMySettingsBody) -> MySettings:
        """Keep my settings.

        In place of those before; at most 16 KiB of JSON."""
        return self._call("keepMySettings", {}, body)

    def add_user(self, body: AddUserBody, *, idempotency_key: str | None = None) -> User:
        """Add a user."""
        return self._call("addUser", {}, body, idempotency_key=idempotency_key)

    def list_users(self, *, query: ListUsersQuery | None = None) -> Listing[User]:
        """List users."""
        return self._call("listUsers", {}, query=query)

    def get_user(self, id: str) -> User:
        """Read a user."""
        return self._call("getUser", {"id": id})

    def change_user(self, id: str, body: ChangeUserBody, *, if_match: int | None = None) -> User:
        """Change a user."""
        return self._call("changeUser", {"id": id}, body, if_match=if_match)

    def list_quality(self, id: str) -> ListQualityAnswer:
        """Read quality scores."""
        return self._call("listQuality", {"id": id})

    def set_quality(self, id: str, body: SetQualityBody) -> Quality:
        """Set a quality score."""
        return self._call("setQuality", {"id": id}, body)

    def add_project(self, body: AddProjectBody, *, idempotency_key: str | None = None) -> Project:
        """Add a project."""
        return self._call("addProject", {}, body, idempotency_key=idempotency_key)

    def list_projects(self, *, query: ListUsersQuery | None = None) -> Listing[Project]:
        """List my projects."""
        return self._call("listProjects", {}, query=query)

    def get_project(self, project_id: str) -> Project:
        """Read a project."""
        return self._call("getProject", {"projectId": project_id})

    def change_project(self, project_id: str, body: ChangeProjectBody, *, if_match: int | None = None) -> ChangedProject:
        """Change a project.

        If it pauses people, `wrongPauses` says how likely somebody is paused who is as good as they should be."""
        return self._call("changeProject", {"projectId": project_id}, body, if_match=if_match)

    def list_members(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Member]:
        """List members."""
        return self._call("listMembers", {"projectId": project_id}, query=query)

    def list_people_of_project(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[ProjectPerson]:
        """List members with what they do.

        What they hold, the last 24 hours, scores by type of step with their 95 % intervals, and whether they are here. By userId."""
        return self._call("listPeopleOfProject", {"projectId": project_id}, query=query)

    def get_person_of_project(self, project_id: str, user_id: str) -> PersonInProject:
        """A member with what they hold and had last.

        Up to 200 live assignments in the project, and the 20 that were given last."""
        return self._call("getPersonOfProject", {"projectId": project_id, "userId": user_id})

    def add_member(self, project_id: str, user_id: str) -> None:
        """Make somebody a member."""
        return self._call("addMember", {"projectId": project_id, "userId": user_id})

    def remove_member(self, project_id: str, user_id: str) -> None:
        """Remove a member."""
        return self._call("removeMember", {"projectId": project_id, "userId": user_id})

    def add_workflow(self, body: AddWorkflowBody, *, idempotency_key: str | None = None) -> Workflow:
        """Add a workflow."""
        return self._call("addWorkflow", {}, body, idempotency_key=idempotency_key)

    def list_workflows(self, *, query: ListMembersQuery | None = None) -> Listing[Workflow]:
        """List workflows."""
        return self._call("listWorkflows", {}, query=query)

    def get_workflow(self, id: str) -> Workflow:
        """Read a workflow."""
        return self._call("getWorkflow", {"id": id})

    def add_form(self, body: AddFormBody, *, idempotency_key: str | None = None) -> Form:
        """Add a form.

        The next version of its name. If the latest version says the same, it is answered, with 200."""
        return self._call("addForm", {}, body, idempotency_key=idempotency_key)

    def list_forms(self, *, query: ListFormsQuery | None = None) -> Listing[Form]:
        """List forms, newest first."""
        return self._call("listForms", {}, query=query)

    def get_form(self, id: str) -> Form:
        """Read a form."""
        return self._call("getForm", {"id": id})

    def get_form_schema(self, id: str, *, query: GetFormSchemaQuery | None = None) -> FormTemplateExampleResult:
        """Read the JSON Schema of results.

        With `taskId` the sides that a task has of its own are filled in. With `review=true` it is that of reviews by this form, which say their verdict too."""
        return self._call("getFormSchema", {"id": id}, query=query)

    def list_form_templates(self) -> ListFormTemplatesAnswer:
        """Read the forms to begin with, as POST /forms takes them."""
        return self._call("listFormTemplates", {})

    def check_form(self, body: CheckFormBody) -> FormCheck:
        """Check a form, and a payload, results and new tasks by it; nothing is kept.

        The faults of `tasks`, which are as in POST /projects/:projectId/tasks, are those for which a project whose workflow asks by the form would not take them: of what the form shows, and of `gold`. Of `results` they are those for which it would not take them as answers to the tasks that they name by their places."""
        return self._call("checkForm", {}, body)

    def read_agreement(self, project_id: str, *, query: ReadAgreementQuery | None = None) -> ReadAgreementAnswer:
        """How far people agree, question by question.

        From what is counted at this moment, of steps that are complete. By step, newest version of the form, question, group and coefficient."""
        return self._call("readAgreement", {"projectId": project_id}, query=query)

    def read_agreement_matrix(self, project_id: str, *, query: ReadAgreementMatrixQuery) -> AgreementMatrix:
        """How far each two people agree on a question.

        Those with fewer than 10 tasks in common have only their number."""
        return self._call("readAgreementMatrix", {"projectId": project_id}, query=query)

    def get_person_quality(self, project_id: str, user_id: str) -> PersonQuality:
        """How somebody answers where the answer is known."""
        return self._call("getPersonQuality", {"projectId": project_id, "userId": user_id})

    def pause_person(self, project_id: str, user_id: str, body: PausePersonBody, *, idempotency_key: str | None = None) -> Watch:
        """Give somebody nothing more in the project.

        What they hold there ends, drafts kept. Twice changes nothing."""
        return self._call("pausePerson", {"projectId": project_id, "userId": user_id}, body, idempotency_key=idempotency_key)

    def resume_person(self, project_id: str, user_id: str, body: PausePersonBody, *, idempotency_key: str | None = None) -> Watch:
        """Give somebody work again.

        What speaks against them begins anew. The reason is kept with the pause."""
        return self._call("resumePerson", {"projectId": project_id, "userId": user_id}, body, idempotency_key=idempotency_key)

    def reopen_work(self, project_id: str, user_id: str, body: ReopenWorkBody, *, idempotency_key: str | None = None) -> Reopened:
        """Ask one more person where somebody has annotated.

        On each task that is still open, since `since`, or else since their answers became suspect."""
        return self._call("reopenWork", {"projectId": project_id, "userId": user_id}, body, idempotency_key=idempotency_key)

    def read_aggregates(self, project_id: str, *, query: ReadAggregatesQuery | None = None) -> t.Iterator[dict[str, t.Any]]:
        """One answer of many, a line for each task that has gone on from the step.

        By taskId: { taskId, externalId, value, posterior, answers }. `posterior` is the chance of each answer, null if the method has none; `answers` says how often each was given."""
        return self._call("readAggregates", {"projectId": project_id}, query=query)

    def read_strengths(self, project_id: str, *, query: ReadStrengthsQuery | None = None) -> Strengths:
        """How strong models are by what people preferred.

        Bradley and Terry, with ties by Davidson. `bothBad` counts as a tie."""
        return self._call("readStrengths", {"projectId": project_id}, query=query)

    def refit(self, project_id: str, body: RefitBody, *, query: RefitQuery | None = None) -> Fit:
        """Fit the accuracy of each person at a question, now."""
        return self._call("refit", {"projectId": project_id}, body, query=query)

    def list_fits(self, project_id: str, *, query: ListFitsQuery | None = None) -> Listing[Fit]:
        """List fits with the accuracies of people, newest first."""
        return self._call("listFits", {"projectId": project_id}, query=query)

    def list_my_queue(self, *, query: ListMyQueueQuery | None = None) -> Listing[QueueEntry]:
        """My assignments."""
        return self._call("listMyQueue", {}, query=query)

    def get_my_queue_stats(self, *, query: GetMyQueueStatsQuery | None = None) -> QueueStats:
        """My assignments, counted.

        With since also what I submitted since then, and how long half of it took at most."""
        return self._call("getMyQueueStats", {}, query=query)

    def get_my_outlook(self) -> Outlook:
        """What is open to me, and what keeps the rest from me.

        At most 5 s old. Gives nothing out."""
        return self._call("getMyOutlook", {})

    def list_presence(self, project_id: str) -> Presence:
        """Who has the project open."""
        return self._call("listPresence", {"projectId": project_id})

    def claim_next(self, body: ClaimNextBody, *, query: ClaimNextQuery | None = None, idempotency_key: str | None = None) -> NothingForYou | Claimed:
        """Claim the best open step for me.

        With ahead it is held, unseen, for after what I work on: one at most, which a repeat answers; for 45 s from my last heartbeat on something else. Given back or lapsed it leaves no trace. A conflict if I work on nothing. With `include=work` it has all that a page needs to work on it."""
        return self._call("claimNext", {}, body, query=query, idempotency_key=idempotency_key)

    def get_assignment(self, id: str) -> Assignment:
        """Read an assignment."""
        return self._call("getAssignment", {"id": id})

    def get_assignment_work(self, id: str) -> AssignmentWork:
        """Read all that a page needs to work on it."""
        return self._call("getAssignmentWork", {"id": id})

    def save_draft(self, id: str, body: SaveDraftBody) -> SavedDraft:
        """Keep what is answered so far.

        A draftVersion that is not the kept one is a conflict, with the kept draft; without one the first draft wins."""
        return self._call("saveDraft", {"id": id}, body)

    def flag_assignment(self, id: str, body: FlagAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Flag it for the managers.

        Ends nothing. Its holder’s; the same words again change nothing."""
        return self._call("flagAssignment", {"id": id}, body, if_match=if_match)

    def unflag_assignment(self, id: str, *, if_match: int | None = None) -> Assignment:
        """Take its flag away."""
        return self._call("unflagAssignment", {"id": id}, if_match=if_match)

    def accept_assignment(self, id: str, body: AcceptAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Accept it."""
        return self._call("acceptAssignment", {"id": id}, body, if_match=if_match)

    def start_assignment(self, id: str, body: AcceptAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Start working on it."""
        return self._call("startAssignment", {"id": id}, body, if_match=if_match)

    def heartbeat_assignment(self, id: str, body: AcceptAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Still working: extend the lease."""
        return self._call("heartbeatAssignment", {"id": id}, body, if_match=if_match)

    def submit_assignment(self, id: str, body: SubmitAssignmentBody, *, query: ClaimNextQuery | None = None, idempotency_key: str | None = None, if_match: int | None = None) -> Assignment | SubmittedWithNext:
        """Hand in the result.

        With undoSeconds it is checked at once, stays in_progress with submitsAt, and goes through then unless it is taken back. With next it also claims, as POST /queue/next does, in the same transaction: refused, it claims nothing. Its holder’s alone then. With `include=work` next has all that a page needs to work on it."""
        return self._call("submitAssignment", {"id": id}, body, query=query, idempotency_key=idempotency_key, if_match=if_match)

    def take_back_submission(self, id: str, *, query: TakeBackSubmissionQuery | None = None, if_match: int | None = None) -> Assignment:
        """Take back what was handed in and has not gone through.

        What was handed in is the draft then. Unchanged if nothing waits."""
        return self._call("takeBackSubmission", {"id": id}, query=query, if_match=if_match)

    def reject_assignment(self, id: str, body: RejectAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Decline it."""
        return self._call("rejectAssignment", {"id": id}, body, if_match=if_match)

    def release_assignment(self, id: str, body: ReleaseAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Give it back."""
        return self._call("releaseAssignment", {"id": id}, body, if_match=if_match)

    def reassign_assignment(self, id: str, body: ReassignAssignmentBody, *, if_match: int | None = None) -> Assignment:
        """Hand it to somebody else."""
        return self._call("reassignAssignment", {"id": id}, body, if_match=if_match)

    def add_tasks(self, project_id: str, body: AddTasksBody, *, idempotency_key: str | None = None) -> AddTasksAnswer:
        """Add tasks: all or none, or with onConflict skip those whose externalId is not there yet."""
        return self._call("addTasks", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def list_tasks(self, project_id: str, *, query: ListTasksQuery | None = None) -> Listing[ListedTask]:
        """List tasks.

        With `waits` a page may be short, or empty, before the end: a list goes on as long as there is a `nextCursor`."""
        return self._call("listTasks", {"projectId": project_id}, query=query)

    def get_task(self, id: str, *, query: GetTaskQuery | None = None) -> TaskView:
        """Read a task with its steps and what may be seen of its assignments.

        With `include=show` also as the form shows it that people answer: what each thing of it is, and its value."""
        return self._call("getTask", {"id": id}, query=query)

    def change_task(self, id: str, body: ChangeTaskBody, *, if_match: int | None = None) -> Task:
        """Change its priority, or the skills that it asks for beside its steps."""
        return self._call("changeTask", {"id": id}, body, if_match=if_match)

    def cancel_task(self, id: str, body: RefitBody, *, if_match: int | None = None) -> Task:
        """Cancel it."""
        return self._call("cancelTask", {"id": id}, body, if_match=if_match)

    def end_reservations(self, id: str, body: RefitBody, *, if_match: int | None = None) -> Task:
        """Open the slots that wait for people to take their work back."""
        return self._call("endReservations", {"id": id}, body, if_match=if_match)

    def assign_task(self, id: str, body: AssignTaskBody, *, idempotency_key: str | None = None) -> Assignment:
        """Give it to the best person, or to the one named."""
        return self._call("assignTask", {"id": id}, body, idempotency_key=idempotency_key)

    def list_candidates(self, id: str, *, query: ListCandidatesQuery | None = None) -> Decision:
        """Who could do it, and why not the others, nearest first."""
        return self._call("listCandidates", {"id": id}, query=query)

    def assign_batch(self, project_id: str, body: AssignBatchBody, *, idempotency_key: str | None = None) -> BatchResult:
        """Give out everything open in one decision."""
        return self._call("assignBatch", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def get_position_effects(self, project_id: str, *, query: GetPositionEffectsQuery | None = None) -> list[PositionOf]:
        """How much more often people prefer the side that they are shown first.

        Of each pairwise question, or criterion of one, over the completed tasks: the share of decisive answers for the side shown first, and how far it is from a half, with an interval by task."""
        return self._call("getPositionEffects", {"projectId": project_id}, query=query)

    def read_project_results(self, project_id: str) -> t.Iterator[dict[str, t.Any]]:
        """Completed tasks with what was submitted, a line each."""
        return self._call("readProjectResults", {"projectId": project_id})

    def list_all_tasks(self, *, query: ListTasksQuery | None = None) -> Listing[ListedTask]:
        """List the tasks of all projects that I manage.

        With `waits` a page may be short, or empty, before the end: a list goes on as long as there is a `nextCursor`."""
        return self._call("listAllTasks", {}, query=query)

    def get_all_task_counts(self, *, query: GetAllTaskCountsQuery | None = None) -> TaskCounts:
        """Count the tasks of all projects that I manage."""
        return self._call("getAllTaskCounts", {}, query=query)

    def get_task_counts(self, project_id: str, *, query: GetAllTaskCountsQuery | None = None) -> TaskCounts:
        """Count tasks by status, step, state of the step and main reason."""
        return self._call("getTaskCounts", {"projectId": project_id}, query=query)

    def get_step_totals(self, project_id: str) -> StepTotals:
        """How many tasks stand at each step, and how long one stands there.

        Times are of the 1 000 newest tasks, for managers. Annotators of a project that has controls are told no numbers."""
        return self._call("getStepTotals", {"projectId": project_id})

    def bulk_tasks(self, body: BulkTasksBody, *, query: BulkTasksQuery | None = None, idempotency_key: str | None = None) -> BulkCounted | Operation:
        """Change the priority of all open tasks that match, or cancel them.

        The server works it off part by part: see GET /operations/{id}. `expect` is the number that was seen; if more than 5 % and 10 more match now, nothing begins. `dryRun` only counts. Without a project it is about all that the caller manages. `priority` is needed for the action `priority`, and only for that."""
        return self._call("bulkTasks", {}, body, query=query, idempotency_key=idempotency_key)

    def get_task_history(self, id: str, *, query: ListMembersQuery | None = None) -> Listing[TaskMove]:
        """Every move of it and of its assignments, oldest first.

        Others than managers see the moves of their own assignments, and whether they made them themselves."""
        return self._call("getTaskHistory", {"id": id}, query=query)

    def get_task_decisions(self, id: str, *, query: GetTaskDecisionsQuery | None = None) -> Listing[TaskDecision]:
        """How it was given out, newest first, each decision as it was recorded.

        `replayed` says whether what was recorded gives the same choice now. Of a big batch it is null and nobody is told as considered, until `replay` names the decision. A pull has nothing to be replayed: it says how many open steps stood before the one it took. Others than managers see what was decided of themselves."""
        return self._call("getTaskDecisions", {"id": id}, query=query)

    def get_queue_status(self, project_id: str, *, query: GetQueueStatusQuery | None = None) -> QueueStatus:
        """The queue: counts and items."""
        return self._call("getQueueStatus", {"projectId": project_id}, query=query)

    def add_to_queue(self, project_id: str, body: AddToQueueBody, *, idempotency_key: str | None = None) -> ExistingQueueItem | QueueItem:
        """Add an item.

        `delaySeconds` or `runAt`: when it is to be in line. `unique`: if another job of the type holds the key, that one is the answer, with 200. `after`: it waits for these jobs."""
        return self._call("addToQueue", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def add_many_to_queue(self, project_id: str, body: AddManyToQueueBody, *, idempotency_key: str | None = None) -> AddedItems:
        """Add many items.

        Each item as the body of …/queue/add. `each` (default): one that is at fault is refused by itself, in its place in the answer. `atomic`: all are added, or none, and errors name the items."""
        return self._call("addManyToQueue", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def get_queue_item(self, project_id: str, item_id: str) -> QueueItemWithResult:
        """Read an item; managers also see its payload and result."""
        return self._call("getQueueItem", {"projectId": project_id, "itemId": item_id})

    def cancel_queue_item(self, project_id: str, item_id: str, *, query: CancelQueueItemQuery | None = None) -> QueueItem:
        """Cancel an item.

        `flow=true`: with it all that waits for it, and so on."""
        return self._call("cancelQueueItem", {"projectId": project_id, "itemId": item_id}, query=query)

    def set_queue_item_priority(self, project_id: str, item_id: str, body: SetQueueItemPriorityBody) -> QueueItem:
        """Give it another priority."""
        return self._call("setQueueItemPriority", {"projectId": project_id, "itemId": item_id}, body)

    def retry_queue_item(self, project_id: str, item_id: str, body: RefitBody, *, query: RetryQueueItemQuery | None = None) -> QueueItem:
        """Try a failed item again.

        It keeps the answers that people gave it and what it made once; with `fresh=true` it asks and makes anew. `force=true`: one that ended because of another goes on without that."""
        return self._call("retryQueueItem", {"projectId": project_id, "itemId": item_id}, body, query=query)

    def clear_queue(self, project_id: str) -> Cleared:
        """Cancel everything that is pending."""
        return self._call("clearQueue", {"projectId": project_id})

    def pause_queue(self, project_id: str, body: RefitBody) -> QueueStatus:
        """Pause the queue."""
        return self._call("pauseQueue", {"projectId": project_id}, body)

    def resume_queue(self, project_id: str, body: RefitBody) -> QueueStatus:
        """Resume the queue."""
        return self._call("resumeQueue", {"projectId": project_id}, body)

    def get_system_queue(self) -> SystemQueue:
        """All queues."""
        return self._call("getSystemQueue", {})

    def pause_system(self, body: RefitBody) -> SystemQueue:
        """Pause everything."""
        return self._call("pauseSystem", {}, body)

    def resume_system(self, body: RefitBody) -> SystemQueue:
        """Resume everything."""
        return self._call("resumeSystem", {}, body)

    def add_definition(self, project_id: str, body: AddDefinitionBody, *, query: AddDefinitionQuery | None = None, idempotency_key: str | None = None) -> Definition:
        """Add a definition, or the next version of one.

        Scenarios come as an array, or streamed as application/x-ndjson ({ scenarioId?, payload } a line) with ?name and ?jobType in the query."""
        return self._call("addDefinition", {"projectId": project_id}, body, query=query, idempotency_key=idempotency_key)

    def list_definitions(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Definition]:
        """List definitions."""
        return self._call("listDefinitions", {"projectId": project_id}, query=query)

    def get_definition(self, id: str) -> Definition:
        """Read a definition."""
        return self._call("getDefinition", {"id": id})

    def list_scenarios(self, id: str, *, query: ListMembersQuery | None = None) -> Listing[Scenario]:
        """Page through its scenarios."""
        return self._call("listScenarios", {"id": id}, query=query)

    def start_run(self, project_id: str, body: StartRunBody, *, query: BulkTasksQuery | None = None, idempotency_key: str | None = None) -> RunPreview | Run:
        """Start a run, or see what it would be.

        Of a definition, or after another run of the project: it is there at once, and gets its scenarios and jobs when it is time."""
        return self._call("startRun", {"projectId": project_id}, body, query=query, idempotency_key=idempotency_key)

    def list_runs(self, project_id: str, *, query: ListRunsQuery | None = None) -> Listing[Run]:
        """List runs, newest first."""
        return self._call("listRuns", {"projectId": project_id}, query=query)

    def list_all_runs(self, *, query: ListRunsQuery | None = None) -> Listing[Run]:
        """List runs of all of the caller’s projects, newest first.

        An admin’s are all that there are."""
        return self._call("listAllRuns", {}, query=query)

    def get_run(self, id: str) -> RunWithUsage:
        """Read a run; managers also see what its jobs used."""
        return self._call("getRun", {"id": id})

    def change_run(self, id: str, body: ChangeRunBody, *, if_match: int | None = None) -> Run:
        """Set its pace or priority."""
        return self._call("changeRun", {"id": id}, body, if_match=if_match)

    def get_run_progress(self, id: str) -> RunProgress:
        """How far it is."""
        return self._call("getRunProgress", {"id": id})

    def get_run_rates(self, id: str, *, query: GetRunRatesQuery | None = None) -> RunRates:
        """How fast its jobs settle.

        By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said. Jobs are counted as they stand now: one that failed and is tried again is not counted any more."""
        return self._call("getRunRates", {"id": id}, query=query)

    def get_run_flow(self, id: str) -> RunFlow:
        """The runs that it starts after and that start after it, and so on."""
        return self._call("getRunFlow", {"id": id})

    def list_run_jobs(self, id: str, *, query: ListRunJobsQuery | None = None) -> Listing[Job]:
        """Its jobs."""
        return self._call("listRunJobs", {"id": id}, query=query)

    def read_run_results(self, id: str, *, query: ReadRunResultsQuery | None = None) -> t.Iterator[dict[str, t.Any]]:
        """Its settled jobs, a line each.

        By the scenario’s place, then the model’s, then the repeat, which a line has in a run with repeats. With ?people=true each line says too what people made of its scenario: { outcome, taskId, reasons, probability }. With ?usage=true each line says too what the attempts at it used: { units, costMicros }, or null."""
        return self._call("readRunResults", {"id": id}, query=query)

    def get_escalation(self, id: str) -> Escalation:
        """Its policy of escalation, and what has come of it."""
        return self._call("getEscalation", {"id": id})

    def change_escalation(self, id: str, body: StartRunBodyEscalation, *, if_match: int | None = None) -> Run:
        """Another policy for what is not decided."""
        return self._call("changeEscalation", {"id": id}, body, if_match=if_match)

    def escalate_run(self, id: str, body: StartRunBodyEscalation, *, query: BulkTasksQuery | None = None, idempotency_key: str | None = None) -> EscalationPreview | Run:
        """Apply a policy to a run that has ended, or see what would come of it."""
        return self._call("escalateRun", {"id": id}, body, query=query, idempotency_key=idempotency_key)

    def list_escalations(self, id: str, *, query: ListEscalationsQuery | None = None) -> Listing[ScenarioEscalation]:
        """Which of its scenarios go to people, and why."""
        return self._call("listEscalations", {"id": id}, query=query)

    def escalate_by_hand(self, id: str, body: EscalateByHandBody, *, idempotency_key: str | None = None) -> AskedByHand:
        """Send scenarios to people by hand.

        At once, or when their models have all settled. One that has its task keeps it."""
        return self._call("escalateByHand", {"id": id}, body, idempotency_key=idempotency_key)

    def compare_people(self, id: str, *, query: ComparePeopleQuery | None = None) -> PeopleAgainstModels:
        """What people settled on, against what each model said."""
        return self._call("comparePeople", {"id": id}, query=query)

    def refresh_run(self, id: str, body: RefitBody, *, idempotency_key: str | None = None) -> Run:
        """Start it again, of the results that the run before has now."""
        return self._call("refreshRun", {"id": id}, body, idempotency_key=idempotency_key)

    def pause_run(self, id: str, body: RefitBody, *, idempotency_key: str | None = None, if_match: int | None = None) -> Run:
        """Start no more of its jobs."""
        return self._call("pauseRun", {"id": id}, body, idempotency_key=idempotency_key, if_match=if_match)

    def resume_run(self, id: str, body: RefitBody, *, idempotency_key: str | None = None, if_match: int | None = None) -> Run:
        """Go on."""
        return self._call("resumeRun", {"id": id}, body, idempotency_key=idempotency_key, if_match=if_match)

    def cancel_run(self, id: str, body: RefitBody, *, idempotency_key: str | None = None, if_match: int | None = None) -> Run:
        """Give it up."""
        return self._call("cancelRun", {"id": id}, body, idempotency_key=idempotency_key, if_match=if_match)

    def retry_failed_jobs(self, id: str, body: RefitBody, *, idempotency_key: str | None = None, if_match: int | None = None) -> Run:
        """Try its failed jobs again."""
        return self._call("retryFailedJobs", {"id": id}, body, idempotency_key=idempotency_key, if_match=if_match)

    def find_jobs(self, *, query: FindJobsQuery | None = None) -> JobPage:
        """Find jobs of all of the caller’s projects.

        An admin’s are all that there are. By id, newest first unless `order` says otherwise. `error` are words of the message; it and `cause` are of failed jobs. `complete` is false if the time for looking was up: `nextCursor` then goes on behind what was looked at."""
        return self._call("findJobs", {}, query=query)

    def find_project_jobs(self, project_id: str, *, query: FindJobsQuery | None = None) -> JobPage:
        """Find jobs of a project.

        By id, newest first unless `order` says otherwise. `error` are words of the message; it and `cause` are of failed jobs. `complete` is false if the time for looking was up: `nextCursor` then goes on behind what was looked at."""
        return self._call("findProjectJobs", {"projectId": project_id}, query=query)

    def list_job_causes(self, *, query: ListJobCausesQuery | None = None) -> JobCauses:
        """Why jobs fail.

        Failures of a project and type that have the same code, and the same message but for ids, numbers and the like; most failed first. `lastHour` is six times ten minutes, the oldest first. With `runId` all of it is of the run’s jobs that are failed now."""
        return self._call("listJobCauses", {}, query=query)

    def list_project_job_causes(self, project_id: str, *, query: ListJobCausesQuery | None = None) -> JobCauses:
        """Why jobs of a project fail."""
        return self._call("listProjectJobCauses", {"projectId": project_id}, query=query)

    def get_job(self, id: str) -> JobDetail:
        """Read a job with its attempts, and what it waits for."""
        return self._call("getJob", {"id": id})

    def get_job_flow(self, id: str) -> JobFlow:
        """Read what a job waits for, and what waits for it.

        Jobs by how many steps away they are, the nearest 1 000 each, all counted by type and state. `complete` is false if the flow is too large to be read as a whole."""
        return self._call("getJobFlow", {"id": id})

    def move_jobs(self, body: MoveJobsBody, *, query: BulkTasksQuery | None = None, idempotency_key: str | None = None) -> JobsPreview | Operation:
        """Move all jobs that match, or see which they are.

        Works on the server as an operation. `expect` is how many the caller has seen: if more than 5 % and 10 more match now, nothing is done and 409 `changed` says how many. Without a project it is about all that the caller manages."""
        return self._call("moveJobs", {}, body, query=query, idempotency_key=idempotency_key)

    def export_jobs(self, body: ExportJobsBody) -> t.Iterator[dict[str, t.Any]]:
        """All jobs that match, newest first, a line each.

        Produced as fast as it is read, without payloads and results. `csv` has a head, and keeps programs that calculate from taking a cell for a formula: text that begins with `=`, `+`, `-` or `@` gets an apostrophe in front."""
        return self._call("exportJobs", {}, body)

    def get_operation(self, id: str) -> Operation:
        """How far an operation has come.

        One move on all that matched a filter, worked off on the server part by part. `skipped` says why things were passed over."""
        return self._call("getOperation", {"id": id})

    def stop_operation(self, id: str) -> Operation:
        """Stop an operation.

        It ends between two parts; what it has moved stays so. One that has ended stays as it is."""
        return self._call("stopOperation", {"id": id})

    def add_schedule(self, project_id: str, body: AddScheduleBody, *, idempotency_key: str | None = None) -> Schedule:
        """Start a job, a run or a fit by the clock.

        Unless said: `missed` one, `maxCatchUp` 10, `graceSeconds` 60, `overlap` skip, no jitter, no bounds. Refused are expressions that are not understood (`bad_cron`), unknown zones (`bad_zone`), and what never comes (`never`)."""
        return self._call("addSchedule", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def list_schedules(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Schedule]:
        """List schedules, newest first.

        What they start, and their last ticks, are for managers."""
        return self._call("listSchedules", {"projectId": project_id}, query=query)

    def preview_schedule(self, project_id: str, body: PreviewScheduleBody) -> WhenPreview:
        """Read a rule in time back in words, with its next ten ticks."""
        return self._call("previewSchedule", {"projectId": project_id}, body)

    def get_schedule(self, id: str) -> Schedule:
        """Read a schedule."""
        return self._call("getSchedule", {"id": id})

    def change_schedule(self, id: str, body: ChangeScheduleBody, *, if_match: int | None = None) -> Schedule:
        """Change a schedule.

        Fires what was due by the old rule; the next tick comes by the new one."""
        return self._call("changeSchedule", {"id": id}, body, if_match=if_match)

    def remove_schedule(self, id: str) -> None:
        """Remove a schedule.

        It no longer fires; what was started stays. Honours `If-Match`."""
        return self._call("removeSchedule", {"id": id})

    def pause_schedule(self, id: str, body: RefitBody, *, if_match: int | None = None) -> Schedule:
        """Fire nothing until it is resumed."""
        return self._call("pauseSchedule", {"id": id}, body, if_match=if_match)

    def resume_schedule(self, id: str, body: RefitBody, *, if_match: int | None = None) -> Schedule:
        """Go on; ticks of the pause are not made up."""
        return self._call("resumeSchedule", {"id": id}, body, if_match=if_match)

    def fire_schedule(self, id: str, body: FireScheduleBody, *, idempotency_key: str | None = None) -> Tick:
        """Start its work now.

        Whatever runs, and while it is paused too. With `at`, for an instant of the last 90 days that the rule names."""
        return self._call("fireSchedule", {"id": id}, body, idempotency_key=idempotency_key)

    def list_next_ticks(self, id: str, *, query: ListNextTicksQuery | None = None) -> ListNextTicksAnswer:
        """The next instants that its rule names.

        Also while it is paused. `note`: `moved` to the end of a gap that skips it, or `repeated` by a clock that is set back."""
        return self._call("listNextTicks", {"id": id}, query=query)

    def list_ticks(self, id: str, *, query: ListTicksQuery | None = None) -> Listing[Tick]:
        """List the ticks that have come, the latest planned first.

        They are kept for 90 days."""
        return self._call("listTicks", {"id": id}, query=query)

    def add_webhook(self, project_id: str, body: AddWebhookBody, *, idempotency_key: str | None = None) -> WebhookWithSecret:
        """Add a webhook.

        Tells a receiver of what happens from now on, in order, at least once each, signed as Standard Webhooks says. The secret is shown this once. Addresses of networks inside are refused."""
        return self._call("addWebhook", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def list_webhooks(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Webhook]:
        """List webhooks, newest first."""
        return self._call("listWebhooks", {"projectId": project_id}, query=query)

    def add_webhook_of_all(self, body: AddWebhookBody, *, idempotency_key: str | None = None) -> WebhookWithSecret:
        """Add a webhook of all projects.

        Tells a receiver of what happens from now on, in order, at least once each, signed as Standard Webhooks says. The secret is shown this once. Addresses of networks inside are refused."""
        return self._call("addWebhookOfAll", {}, body, idempotency_key=idempotency_key)

    def list_webhooks_of_all(self, *, query: ListMembersQuery | None = None) -> Listing[Webhook]:
        """List webhooks of all projects, newest first."""
        return self._call("listWebhooksOfAll", {}, query=query)

    def get_webhook(self, id: str) -> Webhook:
        """Read a webhook."""
        return self._call("getWebhook", {"id": id})

    def change_webhook(self, id: str, body: ChangeWebhookBody, *, if_match: int | None = None) -> Webhook:
        """Change a webhook."""
        return self._call("changeWebhook", {"id": id}, body, if_match=if_match)

    def remove_webhook(self, id: str) -> None:
        """Remove a webhook.

        Nothing is sent any longer. Honours `If-Match`."""
        return self._call("removeWebhook", {"id": id})

    def list_deliveries(self, id: str, *, query: ListDeliveriesQuery | None = None) -> Listing[Delivery]:
        """List the tries of the last seven days, newest first."""
        return self._call("listDeliveries", {"id": id}, query=query)

    def enable_webhook(self, id: str, body: RefitBody, *, if_match: int | None = None) -> Webhook:
        """Go on where it stopped, at once."""
        return self._call("enableWebhook", {"id": id}, body, if_match=if_match)

    def disable_webhook(self, id: str, body: RefitBody, *, if_match: int | None = None) -> Webhook:
        """Send nothing until it is enabled."""
        return self._call("disableWebhook", {"id": id}, body, if_match=if_match)

    def rotate_webhook_secret(self, id: str, body: RefitBody, *, if_match: int | None = None) -> WebhookWithSecret:
        """Sign with a new secret.

        The one before signs beside it for 24 hours. The new one is shown this once."""
        return self._call("rotateWebhookSecret", {"id": id}, body, if_match=if_match)

    def test_webhook(self, id: str, body: RefitBody) -> Delivery:
        """Send a message of type test now, and say what came of it."""
        return self._call("testWebhook", {"id": id}, body)

    def replay_webhook(self, id: str, body: ReplayWebhookBody | ReplayWebhookBody2, *, if_match: int | None = None) -> Webhook:
        """Tell again what happened after then, as far as it is kept.

        Messages have the ids that they had. `seq` numbers the facts of one project."""
        return self._call("replayWebhook", {"id": id}, body, if_match=if_match)

    def open_worker(self, body: OpenWorkerBody) -> OpenedWorker:
        """Open a worker.

        It does jobs of these types, which are among those of its token and registered at the server, and of the projects that the token names. It holds `concurrency` jobs at once at most."""
        return self._call("openWorker", {}, body)

    def heartbeat_worker(self, id: str, body: HeartbeatWorkerBody) -> HeartbeatAnswer:
        """Say that the worker lives, and how far its jobs are.

        `jobs` are all that it holds, until the answer to their outcome has come: one that it does not name, a lease after its start, goes back in line. `cancel` are jobs to end as soon as may be, `lost` those that are no longer its own. `report` is its own count of calls that bring `usage`, from 1; the same again is counted once. One that is refused keeps the worker alive too."""
        return self._call("heartbeatWorker", {"id": id}, body)

    def close_worker(self, id: str) -> None:
        """End a worker.

        All that it holds is in line again at once, and no attempt counts."""
        return self._call("closeWorker", {"id": id})

    def claim_jobs(self, id: str, body: ClaimJobsBody) -> ClaimedJobs:
        """Claim jobs, and wait for some.

        Begins up to `max` jobs. If there are none, it waits `waitSeconds` for some, and gives none then. A claim that waits keeps a worker alive that holds no job. `startedAt` is to be given back with the outcome; at its `deadline` an attempt must have ended. A job that has asked people comes with their `answers`, one that kept values with those (`kept`)."""
        return self._call("claimJobs", {"id": id}, body)

    def settle_jobs(self, id: str, body: SettleJobsBody) -> SettledOutcomes:
        """Say how attempts ended.

        Each outcome has a `result`, an `error` or an `ask` and is answered by itself: `recorded`; `repeated`, if it was recorded before; `lost`, if the job is no longer the worker’s; `refused`, with `errors`, if there can be no such outcome, its type gives no such result, a question cannot be put or a value not kept: the job has failed then. An error of the code `not_now` or `http_429`, or `http_503` or `http_529` with `retryAfterSeconds`, asks to wait and uses no attempt; `key` is the one that cools."""
        return self._call("settleJobs", {"id": id}, body)

    def return_jobs(self, id: str, body: ReturnJobsBody) -> SettledOutcomes:
        """Hand jobs back.

        They are in line again at once, and the attempt does not count."""
        return self._call("returnJobs", {"id": id}, body)

    def list_imports(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[ImportView]:
        """List imports, newest first."""
        return self._call("listImports", {"projectId": project_id}, query=query)

    def bring_file(self, project_id: str, file: bytes | str | t.IO[bytes], *, query: BringFileQuery | None = None, idempotency_key: str | None = None) -> ImportView:
        """Bring a file.

        The body is the file, streamed, of at most 1 GiB unpacked; `Content-Encoding` may be gzip or zstd. The answer comes when it was read: a server then checks it and makes what it holds. With the target `run`, which needs the role admin, its scenarios and results become a run that is completed. With `submissions`, which needs it too, tasks come with the submissions that follow them in the file, of people who are suspended. The same file with the same options is answered with the import that it was at first (200), unless that was refused."""
        return self._call("bringFile", {"projectId": project_id}, file, query=query, idempotency_key=idempotency_key)

    def get_import(self, id: str) -> ImportView:
        """Read an import."""
        return self._call("getImport", {"id": id})

    def read_import_report(self, id: str) -> t.Iterator[dict[str, t.Any]]:
        """All that was found of its file, a line each.

        { line, place, externalId, level, code, message }: `error` for a part that is refused, `left` for what has no home, `note` for how something was read. In the order of the file, at most 10 000 of each level; then how many more there are of each code, and how often each place was left."""
        return self._call("readImportReport", {"id": id})

    def cancel_import(self, id: str, body: RefitBody) -> ImportView:
        """End an import between two parts.

        An atomic one has made nothing then; one that has ended stays as it is."""
        return self._call("cancelImport", {"id": id}, body)

    def start_export(self, project_id: str, body: StartExportBody | StartExportBody2 | StartExportBody3, *, query: StartExportQuery | None = None, idempotency_key: str | None = None) -> ExportView:
        """Write results, answers or scenarios into files.

        A server that schedules writes them, as of one moment where the database is Postgres: what settles later is not in them. The same rows give the same bytes. Files are kept for 24 hours after the end. People who are named by their ids need the role admin."""
        return self._call("startExport", {"projectId": project_id}, body, query=query, idempotency_key=idempotency_key)

    def list_exports(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[ExportView]:
        """List exports, newest first."""
        return self._call("listExports", {"projectId": project_id}, query=query)

    def get_export(self, id: str) -> ExportView:
        """Read an export."""
        return self._call("getExport", {"id": id})

    def get_export_manifest(self, id: str) -> ExportManifest:
        """All that is to be known of its files.

        Also what had no place in them, under `left`. 409 until the export is completed."""
        return self._call("getExportManifest", {"id": id})

    def read_export_file(self, id: str, name: str) -> t.Iterator[bytes]:
        """Read one of its files, or a part of it.

        `Range` asks for a part, and `If-Range` with the `ETag` for one of the same file: who was cut off goes on behind what came. Where people are named by their ids it needs the role admin."""
        return self._call("readExportFile", {"id": id, "name": name})

    def list_events(self, project_id: str, *, query: ListEventsQuery | None = None) -> Listing[Event]:
        """What has happened: events that are kept and that the caller may see, newest first.

        `before` and `after` are `seq`s of events. A page looks at a bounded number of events: one with few items, or none, may have a `nextCursor`."""
        return self._call("listEvents", {"projectId": project_id}, query=query)

    def get_rates(self, project_id: str, *, query: GetRunRatesQuery | None = None) -> Rates:
        """How fast jobs and people go in a project.

        By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said. Counts of 10 s are put together to minutes after a day and to hours after a week."""
        return self._call("getRates", {"projectId": project_id}, query=query)

    def get_system_rates(self, *, query: GetRunRatesQuery | None = None) -> Rates:
        """How fast jobs and people go everywhere.

        By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said. Counts of 10 s are put together to minutes after a day and to hours after a week."""
        return self._call("getSystemRates", {}, query=query)

    def list_limits(self, *, query: ListLimitsQuery | None = None) -> Listing[Limit]:
        """List keys with their limits and their use, by name.

        Of a manager those that jobs of their projects have, and those that begin with `project:` and the id of one."""
        return self._call("listLimits", {}, query=query)

    def get_limit(self, key: str) -> Limit:
        """Read a key with its limits and its use.

        Keys are percent-encoded in paths."""
        return self._call("getLimit", {"key": key})

    def put_limit(self, key: str, body: PutLimitBody) -> Limit:
        """Replace the limits of a key.

        Members that are left out limit nothing; `burst` needs `perMinute`, and is not greater. It holds for the next job that is taken: raising opens, lowering stops nothing that runs."""
        return self._call("putLimit", {"key": key}, body)

    def delete_limit(self, key: str) -> None:
        """Remove the limits of a key.

        It has what the application says of it again. Its use stays counted."""
        return self._call("deleteLimit", {"key": key})

    def cool_limit(self, key: str, body: CoolLimitBody, *, if_match: int | None = None) -> Limit:
        """Begin nothing under a key for some seconds."""
        return self._call("coolLimit", {"key": key}, body, if_match=if_match)

    def warm_limit(self, key: str, body: RefitBody, *, if_match: int | None = None) -> Limit:
        """End the cool-down of a key."""
        return self._call("warmLimit", {"key": key}, body, if_match=if_match)

    def add_budget(self, project_id: str, body: AddBudgetBody, *, idempotency_key: str | None = None) -> Budget:
        """Cap what a project, its day or one of its runs may cost.

        Unless said: `soft` 0.8, `hard` true, `atCap` pause, and of the project for ever. `day` names a zone of the zone database, such as Europe/Berlin, and cannot stand beside `runId`. It holds for jobs that are made already, from the next start on. A second hard budget of the same scope is refused with `conflict` and the `budgetId` of the first."""
        return self._call("addBudget", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def list_budgets(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Budget]:
        """List the budgets of a project and its runs, with their use."""
        return self._call("listBudgets", {"projectId": project_id}, query=query)

    def list_all_budgets(self, *, query: ListMembersQuery | None = None) -> Listing[Budget]:
        """List the budgets of all projects."""
        return self._call("listAllBudgets", {}, query=query)

    def get_budget(self, id: str) -> Budget:
        """Read a budget with its use."""
        return self._call("getBudget", {"id": id})

    def put_budget(self, id: str, body: PutBudgetBody, *, if_match: int | None = None) -> Budget:
        """Replace the settings of a budget.

        Members that are left out get their defaults; the scope stays. A raise lets jobs go on by itself, a lower cap stops nothing that runs."""
        return self._call("putBudget", {"id": id}, body, if_match=if_match)

    def delete_budget(self, id: str) -> None:
        """Remove a budget.

        Jobs that it held back go on. Honours `If-Match`."""
        return self._call("deleteBudget", {"id": id})

    def get_usage(self, project_id: str, *, query: GetUsageQuery | None = None) -> UsageView:
        """What the jobs of a project used.

        What handlers reported of calls of providers, in tokens, and their cost in millionths of the currency unit: all of it, and its parts, first those that cost most. Days are of UTC. `unpriced` are calls without a price, which count as free."""
        return self._call("getUsage", {"projectId": project_id}, query=query)

    def get_all_usage(self, *, query: GetUsageQuery | None = None) -> UsageView:
        """What all jobs used.

        What handlers reported of calls of providers, in tokens, and their cost in millionths of the currency unit: all of it, and its parts, first those that cost most. Days are of UTC. `unpriced` are calls without a price, which count as free."""
        return self._call("getAllUsage", {}, query=query)

    def list_prices(self, *, query: ListPricesQuery | None = None) -> Listing[Price]:
        """Prices, by model, the latest first."""
        return self._call("listPrices", {}, query=query)

    def put_prices(self, body: PutPricesBody) -> KeptPrices:
        """Keep prices of models, each from a moment on.

        All or none, beside those that there are. One of the same model and moment is put in its place; the same again changes nothing. A price cannot begin before calls of its model that are recorded: `price_used`."""
        return self._call("putPrices", {}, body)

    def get_run_matrix(self, id: str, *, query: GetRunMatrixQuery | None = None) -> Matrix:
        """Its scenarios with what each model made of them, by place.

        `from` is the least place; `places` names up to 200 instead. Labels stand `labelAt` in results: by default where the run’s policy sees disagreement, else at `/label`."""
        return self._call("getRunMatrix", {"id": id}, query=query)

    def find_run_places(self, id: str, *, query: FindRunPlacesQuery | None = None) -> MatrixPlaces:
        """Which of its scenarios match.

        `where` is words that must all hold: `split` (two labels differ), `failed`, `text~"some words"`, `model=label`, `model!=label`, `model!=model`. `bitmap` is base64: a bit for each place of the definition, the first the lowest of the first byte."""
        return self._call("findRunPlaces", {"id": id}, query=query)

    def add_comparison(self, project_id: str, body: AddComparisonBody, *, idempotency_key: str | None = None) -> Comparison:
        """Compare two runs’ models on what both did.

        From kept results: a new metric runs no model again. Both runs must be of the project, and completed unless `allowPartial`. What was found is kept, and never changes."""
        return self._call("addComparison", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def list_comparisons(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Comparison]:
        """List comparisons, newest first."""
        return self._call("listComparisons", {"projectId": project_id}, query=query)

    def get_comparison(self, id: str) -> Comparison:
        """Read a comparison."""
        return self._call("getComparison", {"id": id})

    def get_comparison_report(self, id: str) -> str:
        """A comparison as one self-contained page.

        Tables and pictures, without a script or a request."""
        return self._call("getComparisonReport", {"id": id})

    def get_run_metrics(self, id: str, body: GetRunMetricsBody, *, idempotency_key: str | None = None) -> GetRunMetricsAnswer:
        """What each of its models came to, metric by metric."""
        return self._call("getRunMetrics", {"id": id}, body, idempotency_key=idempotency_key)

    def list_compared_pairs(self, id: str, *, query: ListComparedPairsQuery) -> t.Iterator[dict[str, t.Any]]:
        """Its pairs by one metric, a line each.

        { scenarioId, repeat, baseline, candidate, change }; `change` is null if a side has no value. In the order of the baseline’s scenarios. 409 if a run has changed since."""
        return self._call("listComparedPairs", {"id": id}, query=query)

    def ask_people(self, id: str, body: AskPeopleBody, *, idempotency_key: str | None = None) -> AskedPeople:
        """Ask people about its pairs.

        A task of each pair that changed so, without `change` of each that is better or worse, in one transaction; those that the project has are left. Payloads are { scenario, answers: { a, b }, of }; which side is `a` is drawn. Every annotation step needs a form: without one it would show which is which."""
        return self._call("askPeople", {"id": id}, body, idempotency_key=idempotency_key)

    def run_gate(self, project_id: str, body: RunGateBody, *, idempotency_key: str | None = None) -> Gate:
        """Decide by a policy whether a candidate may follow a baseline.

        GO, NO-GO or INCONCLUSIVE, with the tests of each rule. A critical rule must be shown to hold, a supporting one must not be shown to be broken, an advisory one informs."""
        return self._call("runGate", {"projectId": project_id}, body, idempotency_key=idempotency_key)

    def list_gates(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Gate]:
        """List decisions, newest first."""
        return self._call("listGates", {"projectId": project_id}, query=query)

    def get_gate(self, id: str) -> Gate:
        """Read a decision."""
        return self._call("getGate", {"id": id})

    def start_calibration(self, project_id: str, body: StartCalibrationBody, *, query: BulkTasksQuery | None = None, idempotency_key: str | None = None) -> CalibrationPlan | Calibration:
        """Draw units of a run for people to label, or see what would be drawn.

        Each drawn unit becomes a task for every model, in one transaction. Every annotation step needs a form: without one it would show the model."""
        return self._call("startCalibration", {"projectId": project_id}, body, query=query, idempotency_key=idempotency_key)

    def list_calibrations(self, project_id: str, *, query: ListMembersQuery | None = None) -> Listing[Calibration]:
        """List calibrations, newest first."""
        return self._call("listCalibrations", {"projectId": project_id}, query=query)

    def get_calibration(self, id: str) -> Calibration:
        """What people would say of each model, by the labels so far."""
        return self._call("getCalibration", {"id": id})

    def get_calibration_report(self, id: str) -> str:
        """A calibration as one self-contained page.

        Tables and pictures, without a script or a request."""
        return self._call("getCalibrationReport", {"id": id})

    def extend_calibration(self, id: str, body: ExtendCalibrationBody, *, idempotency_key: str | None = None) -> Calibration:
        """Draw more units; what was drawn stays drawn."""
        return self._call("extendCalibration", {"id": id}, body, idempotency_key=idempotency_key)

    def cancel_calibration(self, id: str, body: RefitBody, *, idempotency_key: str | None = None) -> Calibration:
        """Cancel its open tasks."""
        return self._call("cancelCalibration", {"id": id}, body, idempotency_key=idempotency_key)

    def list_calibration_units(self, id: str) -> t.Iterator[dict[str, t.Any]]:
        """All that was drawn from, a line for each unit and model.

        { key, model, pi, stratum, score, y, drawn }; `y` is null if nobody was asked, or no answer came."""
        return self._call("listCalibrationUnits", {"id": id})

    def take_ws_ticket(self) -> WsTicket:
        """A ticket for one WebSocket connection: `?ticket=`, once, within 30 seconds."""
        return self._call("takeWsTicket", {})

    def list_processes(self) -> SystemProcesses:
        """The processes that there are, and how many workers each type has.

        Managers read `workers` alone. A process that fell silent is told of for ten minutes more, with the moment since when it should have been heard of."""
        return self._call("listProcesses", {})

    def get_system(self) -> SystemSetup:
        """What is served here, on what, and by which rules."""
        return self._call("getSystem", {})

    def preview_file(self, project_id: str, file: bytes | str | t.IO[bytes], *, query: PreviewFileQuery | None = None) -> ImportPreview:
        """Look at the first MiB of a file.

        Says what it is taken for, and what its first records become. Nothing is kept."""
        return self._call("previewFile", {"projectId": project_id}, file, query=query)
