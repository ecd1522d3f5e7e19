"""The types of what the API takes and gives. Written by `npm run client:python` from the API’s own document."""

from __future__ import annotations

import typing as t

AcceptAssignmentBody = t.TypedDict(
    "AcceptAssignmentBody",
    {
        "attempt": "t.NotRequired[int]",
    },
)

AddBudgetBody = t.TypedDict(
    "AddBudgetBody",
    {
        "capMicros": "int",
        "soft": "t.NotRequired[float]",
        "hard": "t.NotRequired[bool]",
        "atCap": "t.NotRequired[t.Literal[\"pause\", \"cancel\"]]",
        "runId": "t.NotRequired[str]",
        "day": "t.NotRequired[str]",
    },
)

AddComparisonBody = t.TypedDict(
    "AddComparisonBody",
    {
        "baseline": "AddComparisonBodyBaseline",
        "candidate": "AddComparisonBodyBaseline",
        "metrics": "list[AddComparisonBodyMetricsItem]",
        "clusterBy": "t.NotRequired[str]",
        "slices": "t.NotRequired[list[str]]",
        "seed": "t.NotRequired[int]",
        "level": "t.NotRequired[float]",
        "draws": "t.NotRequired[int]",
        "allowPartial": "t.NotRequired[bool]",
    },
)

AddComparisonBodyBaseline = t.TypedDict(
    "AddComparisonBodyBaseline",
    {
        "runId": "str",
        "model": "str",
    },
)

AddComparisonBodyMetricsItem = t.TypedDict(
    "AddComparisonBodyMetricsItem",
    {
        "name": "str",
        "score": "AddComparisonBodyMetricsItemScore | AddComparisonBodyMetricsItemScore2 | AddComparisonBodyMetricsItemScore3 | AddComparisonBodyMetricsItemScore4 | AddComparisonBodyMetricsItemScore5 | AddComparisonBodyMetricsItemScore6 | AddComparisonBodyMetricsItemScore7",
        "better": "t.NotRequired[t.Literal[\"higher\", \"lower\"]]",
        "kind": "t.NotRequired[t.Literal[\"binary\", \"ordinal\", \"numeric\"]]",
        "aggregate": "t.NotRequired[t.Literal[\"mean\", \"median\", \"p95\"]]",
        "missing": "t.NotRequired[t.Literal[\"drop\", \"worst\"]]",
        "range": "t.NotRequired[list[float]]",
    },
)

AddComparisonBodyMetricsItemScore = t.TypedDict(
    "AddComparisonBodyMetricsItemScore",
    {
        "type": "t.Literal[\"value\"]",
        "at": "str",
    },
)

AddComparisonBodyMetricsItemScore2 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore2",
    {
        "type": "t.Literal[\"equals\"]",
        "at": "str",
        "to": "AddComparisonBodyMetricsItemScore2To | AddComparisonBodyMetricsItemScore2To2",
        "as": "t.NotRequired[t.Literal[\"json\", \"text\"]]",
    },
)

AddComparisonBodyMetricsItemScore2To = t.TypedDict(
    "AddComparisonBodyMetricsItemScore2To",
    {
        "scenario": "str",
    },
)

AddComparisonBodyMetricsItemScore2To2 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore2To2",
    {
        "value": "t.Any",
    },
)

AddComparisonBodyMetricsItemScore3 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore3",
    {
        "type": "t.Literal[\"within\"]",
        "at": "str",
        "to": "AddComparisonBodyMetricsItemScore2To | AddComparisonBodyMetricsItemScore2To2",
        "abs": "t.NotRequired[float]",
        "rel": "t.NotRequired[float]",
    },
)

AddComparisonBodyMetricsItemScore4 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore4",
    {
        "type": "t.Literal[\"includes\"]",
        "at": "str",
        "to": "AddComparisonBodyMetricsItemScore2To | AddComparisonBodyMetricsItemScore2To2",
    },
)

AddComparisonBodyMetricsItemScore5 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore5",
    {
        "type": "t.Literal[\"judge\"]",
        "runId": "str",
        "judge": "t.NotRequired[str]",
        "at": "str",
        "ofAt": "t.NotRequired[str]",
    },
)

AddComparisonBodyMetricsItemScore6 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore6",
    {
        "type": "t.Literal[\"people\"]",
        "projectId": "str",
        "question": "str",
        "map": "t.NotRequired[dict[str, float]]",
        "ofAt": "t.NotRequired[str]",
    },
)

AddComparisonBodyMetricsItemScore7 = t.TypedDict(
    "AddComparisonBodyMetricsItemScore7",
    {
        "type": "t.Literal[\"registered\"]",
        "name": "str",
    },
)

AddDefinitionBody = t.TypedDict(
    "AddDefinitionBody",
    {
        "name": "str",
        "jobType": "t.NotRequired[str]",
        "scenarios": "list[AddDefinitionBodyScenariosItem]",
    },
)

AddDefinitionBodyScenariosItem = t.TypedDict(
    "AddDefinitionBodyScenariosItem",
    {
        "scenarioId": "t.NotRequired[str]",
        "payload": "t.Any",
    },
)

AddDefinitionQuery = t.TypedDict(
    "AddDefinitionQuery",
    {
        "name": "t.NotRequired[str]",
        "jobType": "t.NotRequired[str]",
    },
)

AddFormBody = t.TypedDict(
    "AddFormBody",
    {
        "$schema": "t.NotRequired[str]",
        "help": "t.NotRequired[str]",
        "skip": "t.NotRequired[dict[str, t.Any]]",
        "comment": "t.NotRequired[bool]",
        "example": "t.NotRequired[dict[str, t.Any]]",
        "name": "str",
        "title": "str",
        "show": "list[dict[str, t.Any]]",
        "questions": "list[dict[str, t.Any]]",
    },
)

AddManyToQueueBody = t.TypedDict(
    "AddManyToQueueBody",
    {
        "mode": "t.NotRequired[t.Literal[\"each\", \"atomic\"]]",
        "items": "list[t.Any]",
    },
)

AddProjectBody = t.TypedDict(
    "AddProjectBody",
    {
        "externalId": "t.NotRequired[str | None]",
        "name": "str",
        "workflowId": "t.NotRequired[str | None]",
        "assignment": "t.NotRequired[AddProjectBodyAssignment]",
        "quality": "t.NotRequired[AddProjectBodyQuality]",
    },
)

AddProjectBodyAssignment = t.TypedDict(
    "AddProjectBodyAssignment",
    {
        "maxConcurrentPerUser": "t.NotRequired[int]",
        "crossStepExclusionPairs": "t.NotRequired[list[list[str]]]",
        "cooldownMinutes": "t.NotRequired[float]",
        "leaseMinutes": "t.NotRequired[float]",
        "defaultStrategy": "t.NotRequired[str]",
        "weights": "t.NotRequired[AddProjectBodyAssignmentWeights]",
        "maxReturns": "t.NotRequired[int]",
        "holdMinutes": "t.NotRequired[float]",
        "undoSeconds": "t.NotRequired[int]",
    },
)

AddProjectBodyAssignmentWeights = t.TypedDict(
    "AddProjectBodyAssignmentWeights",
    {
        "capacity": "float",
        "performance": "float",
    },
)

AddProjectBodyQuality = t.TypedDict(
    "AddProjectBodyQuality",
    {
        "controls": "t.NotRequired[AddProjectBodyQualityControls]",
        "pause": "t.NotRequired[AddProjectBodyQualityPause]",
    },
)

AddProjectBodyQualityControls = t.TypedDict(
    "AddProjectBodyQualityControls",
    {
        "stepId": "str",
        "rate": "float",
        "onboarding": "t.NotRequired[AddProjectBodyQualityControlsOnboarding]",
    },
)

AddProjectBodyQualityControlsOnboarding = t.TypedDict(
    "AddProjectBodyQualityControlsOnboarding",
    {
        "count": "int",
        "passAt": "float",
    },
)

AddProjectBodyQualityPause = t.TypedDict(
    "AddProjectBodyQualityPause",
    {
        "good": "t.NotRequired[float]",
        "bad": "t.NotRequired[float]",
        "alarm": "t.NotRequired[float]",
        "minimum": "t.NotRequired[int]",
    },
)

AddScheduleBody = t.TypedDict(
    "AddScheduleBody",
    {
        "name": "str",
        "when": "AddScheduleBodyWhen | AddScheduleBodyWhen2 | AddScheduleBodyWhen3",
        "start": "AddScheduleBodyStart | AddScheduleBodyStart2 | AddScheduleBodyStart3",
        "missed": "t.NotRequired[t.Literal[\"skip\", \"one\", \"all\"]]",
        "maxCatchUp": "t.NotRequired[int]",
        "graceSeconds": "t.NotRequired[int]",
        "overlap": "t.NotRequired[t.Literal[\"allow\", \"skip\", \"cancel\"]]",
        "jitterSeconds": "t.NotRequired[int]",
        "startsAt": "t.NotRequired[str | None]",
        "endsAt": "t.NotRequired[str | None]",
    },
)

AddScheduleBodyStart = t.TypedDict(
    "AddScheduleBodyStart",
    {
        "job": "AddScheduleBodyStartJob",
    },
)

AddScheduleBodyStart2 = t.TypedDict(
    "AddScheduleBodyStart2",
    {
        "run": "AddScheduleBodyStart2Run | AddScheduleBodyStart2Run2",
    },
)

AddScheduleBodyStart2Run = t.TypedDict(
    "AddScheduleBodyStart2Run",
    {
        "definitionId": "str",
        "models": "list[str]",
        "repeats": "t.NotRequired[int]",
        "samplePercentage": "t.NotRequired[float]",
        "sampleSeed": "t.NotRequired[int]",
        "priority": "t.NotRequired[t.Literal[\"low\", \"normal\", \"high\"]]",
        "maxJobsPerSecond": "t.NotRequired[float | None]",
        "escalation": "t.NotRequired[StartRunBodyEscalation]",
        "budgetMicros": "t.NotRequired[int]",
        "experimentId": "t.NotRequired[str | AddScheduleBodyStart2RunExperimentId2 | None]",
    },
)

AddScheduleBodyStart2Run2 = t.TypedDict(
    "AddScheduleBodyStart2Run2",
    {
        "definition": "str",
        "models": "list[str]",
        "repeats": "t.NotRequired[int]",
        "samplePercentage": "t.NotRequired[float]",
        "sampleSeed": "t.NotRequired[int]",
        "priority": "t.NotRequired[t.Literal[\"low\", \"normal\", \"high\"]]",
        "maxJobsPerSecond": "t.NotRequired[float | None]",
        "escalation": "t.NotRequired[StartRunBodyEscalation]",
        "budgetMicros": "t.NotRequired[int]",
        "experimentId": "t.NotRequired[str | AddScheduleBodyStart2RunExperimentId2 | None]",
    },
)

AddScheduleBodyStart2RunExperimentId2 = t.TypedDict(
    "AddScheduleBodyStart2RunExperimentId2",
    {
        "$": "t.Literal[\"/tick\", \"/scheduleId\", \"/previous\"]",
    },
)

AddScheduleBodyStart3 = t.TypedDict(
    "AddScheduleBodyStart3",
    {
        "refit": "AddScheduleBodyStart3Refit",
    },
)

AddScheduleBodyStart3Refit = t.TypedDict(
    "AddScheduleBodyStart3Refit",
    {
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
    },
)

AddScheduleBodyStartJob = t.TypedDict(
    "AddScheduleBodyStartJob",
    {
        "type": "str",
        "payload": "t.Any",
        "priority": "t.NotRequired[int]",
    },
)

AddScheduleBodyWhen = t.TypedDict(
    "AddScheduleBodyWhen",
    {
        "cron": "str",
        "zone": "str",
    },
)

AddScheduleBodyWhen2 = t.TypedDict(
    "AddScheduleBodyWhen2",
    {
        "everySeconds": "int",
        "anchor": "t.NotRequired[str]",
    },
)

AddScheduleBodyWhen3 = t.TypedDict(
    "AddScheduleBodyWhen3",
    {
        "at": "str",
    },
)

AddTasksAnswer = t.TypedDict(
    "AddTasksAnswer",
    {
        "items": "list[Task]",
        "existing": "list[ExistingTask]",
    },
)

AddTasksBody = t.TypedDict(
    "AddTasksBody",
    {
        "tasks": "list[CheckFormBodyTasksItem]",
        "onConflict": "t.NotRequired[t.Literal[\"refuse\", \"skip\"]]",
    },
)

AddToQueueBody = t.TypedDict(
    "AddToQueueBody",
    {
        "type": "str",
        "payload": "t.Any",
        "priority": "t.NotRequired[int]",
        "delaySeconds": "t.NotRequired[float]",
        "runAt": "t.NotRequired[str]",
        "unique": "t.NotRequired[AddToQueueBodyUnique]",
        "after": "t.NotRequired[AddToQueueBodyAfter]",
    },
)

AddToQueueBodyAfter = t.TypedDict(
    "AddToQueueBodyAfter",
    {
        "jobs": "t.NotRequired[list[str | AddToQueueBodyAfterJobsItem2]]",
        "need": "t.NotRequired[t.Literal[\"completed\", \"ended\"]]",
        "runId": "t.NotRequired[str]",
        "when": "t.NotRequired[t.Literal[\"completed\", \"ended\", \"peopleDone\"]]",
        "onFailure": "t.NotRequired[t.Literal[\"fail\", \"cancel\", \"run\"]]",
    },
)

AddToQueueBodyAfterJobsItem2 = t.TypedDict(
    "AddToQueueBodyAfterJobsItem2",
    {
        "item": "int",
    },
)

AddToQueueBodyUnique = t.TypedDict(
    "AddToQueueBodyUnique",
    {
        "key": "str",
        "windowSeconds": "t.NotRequired[float]",
        "states": "t.NotRequired[list[t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]]]",
        "onExisting": "t.NotRequired[t.Literal[\"keep\", \"replace\"]]",
    },
)

AddUserBody = t.TypedDict(
    "AddUserBody",
    {
        "userId": "t.NotRequired[str]",
        "externalId": "t.NotRequired[str | None]",
        "displayName": "str",
        "avatarUrl": "t.NotRequired[str | None]",
        "role": "t.NotRequired[t.Literal[\"admin\", \"manager\", \"annotator\"]]",
        "status": "t.NotRequired[t.Literal[\"active\", \"away\", \"suspended\"]]",
        "skills": "t.NotRequired[dict[str, int]]",
        "maxConcurrentAssignments": "t.NotRequired[int | None]",
        "scripted": "t.NotRequired[bool]",
    },
)

AddWebhookBody = t.TypedDict(
    "AddWebhookBody",
    {
        "url": "str",
        "types": "t.NotRequired[list[t.Literal[\"task_assigned\", \"task_reassigned\", \"task_status_changed\", \"task_unavailable\", \"task_added\", \"task_updated\", \"task_flagged\", \"task_overlap_added\", \"task_completed\", \"run_status_changed\", \"run_changed\", \"queue_item_added\", \"queue_item_removed\", \"job_failed\", \"queue_paused\", \"queue_resumed\", \"queue_cleared\", \"person_paused\", \"person_resumed\", \"control_judged\", \"controls_exhausted\", \"operation_done\", \"price_missing\", \"budget_warned\", \"budget_reached\", \"budget_changed\", \"comparison_created\", \"calibration_drawn\", \"calibration_completed\", \"gate_decided\", \"schedule_changed\", \"schedule_refused\", \"webhook_disabled\", \"import_ended\", \"export_ended\"]] | None]",
        "description": "t.NotRequired[str]",
    },
)

AddWorkflowBody = t.TypedDict(
    "AddWorkflowBody",
    {
        "name": "str",
        "steps": "list[AddWorkflowBodyStepsItem | AddWorkflowBodyStepsItem2 | AddWorkflowBodyStepsItem3]",
    },
)

AddWorkflowBodyStepsItem = t.TypedDict(
    "AddWorkflowBodyStepsItem",
    {
        "stepType": "t.NotRequired[t.Literal[\"annotation\", \"adjudication\"]]",
        "jobType": "t.Literal[None]",
    },
)

AddWorkflowBodyStepsItem2 = t.TypedDict(
    "AddWorkflowBodyStepsItem2",
    {
        "stepType": "t.NotRequired[t.Literal[\"review\"]]",
        "jobType": "t.Literal[None]",
        "agreeOn": "t.Literal[None]",
    },
)

AddWorkflowBodyStepsItem3 = t.TypedDict(
    "AddWorkflowBodyStepsItem3",
    {
        "stepType": "t.NotRequired[t.Literal[\"automatic\"]]",
        "jobType": "str",
        "assignmentsRequired": "t.NotRequired[t.Literal[1]]",
        "requiredSkills": "t.NotRequired[t.Any]",
        "excludes": "t.NotRequired[t.Any]",
        "strategy": "t.Literal[None]",
        "agreeOn": "t.Literal[None]",
    },
)

AddedItems = t.TypedDict(
    "AddedItems",
    {
        "added": "int",
        "existing": "int",
        "refused": "int",
        "items": "list[AddedItemsItemsItem | AddedItemsItemsItem2 | AddedItemsItemsItem3]",
    },
)

AddedItemsItemsItem = t.TypedDict(
    "AddedItemsItemsItem",
    {
        "status": "t.Literal[\"added\"]",
        "jobId": "str",
    },
)

AddedItemsItemsItem2 = t.TypedDict(
    "AddedItemsItemsItem2",
    {
        "status": "t.Literal[\"existing\"]",
        "jobId": "str",
        "differs": "bool",
    },
)

AddedItemsItemsItem3 = t.TypedDict(
    "AddedItemsItemsItem3",
    {
        "status": "t.Literal[\"refused\"]",
        "code": "str",
        "errors": "list[ProblemErrorsItem]",
    },
)

Agreement = t.TypedDict(
    "Agreement",
    {
        "formId": "str | None",
        "stepId": "str",
        "question": "str",
        "group": "AgreementGroup | AgreementGroup2 | None",
        "coefficient": "t.Literal[\"percent\", \"cohen\", \"fleiss\", \"alpha\", \"f1\", \"iou\", \"tau\"]",
        "value": "float | None",
        "low": "float | None",
        "high": "float | None",
        "reason": "t.Literal[\"empty\", \"one_rater\", \"no_variation\", \"too_many\"] | None",
        "items": "int",
        "raters": "int",
        "answers": "int",
    },
)

AgreementGroup = t.TypedDict(
    "AgreementGroup",
    {
        "skill": "str",
    },
)

AgreementGroup2 = t.TypedDict(
    "AgreementGroup2",
    {
        "a": "str",
        "b": "str",
    },
)

AgreementMatrix = t.TypedDict(
    "AgreementMatrix",
    {
        "formId": "str | None",
        "stepId": "str",
        "question": "str",
        "people": "list[str]",
        "cells": "list[AgreementMatrixCellsItem]",
    },
)

AgreementMatrixCellsItem = t.TypedDict(
    "AgreementMatrixCellsItem",
    {
        "a": "str",
        "b": "str",
        "items": "int",
        "percent": "float | None",
        "cohen": "float | None",
    },
)

AskPeopleBody = t.TypedDict(
    "AskPeopleBody",
    {
        "projectId": "str",
        "metric": "str",
        "change": "t.NotRequired[t.Literal[\"better\", \"worse\", \"same\"]]",
    },
)

AskedByHand = t.TypedDict(
    "AskedByHand",
    {
        "items": "list[ScenarioEscalation]",
    },
)

AskedPeople = t.TypedDict(
    "AskedPeople",
    {
        "added": "list[str]",
        "existing": "int",
    },
)

AssignBatchBody = t.TypedDict(
    "AssignBatchBody",
    {
        "strategy": "t.NotRequired[str]",
        "limit": "t.NotRequired[int]",
    },
)

AssignTaskBody = t.TypedDict(
    "AssignTaskBody",
    {
        "userId": "t.NotRequired[str]",
        "strategy": "t.NotRequired[str]",
        "override": "t.NotRequired[AssignTaskBodyOverride]",
    },
)

AssignTaskBodyOverride = t.TypedDict(
    "AssignTaskBodyOverride",
    {
        "reason": "str",
    },
)

Assignment = t.TypedDict(
    "Assignment",
    {
        "assignmentId": "str",
        "taskId": "str",
        "projectId": "str",
        "stepId": "str",
        "stepType": "t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]",
        "userId": "t.NotRequired[str]",
        "status": "t.Literal[\"assigned\", \"accepted\", \"in_progress\", \"submitted\", \"rejected\", \"expired\", \"reassigned\"]",
        "attempt": "int",
        "version": "int",
        "assignedAt": "str",
        "acceptedAt": "str | None",
        "startedAt": "str | None",
        "submittedAt": "str | None",
        "rejectedAt": "str | None",
        "rejectReason": "AssignmentRejectReason | None",
        "releaseReason": "str | None",
        "endReason": "str | None",
        "ahead": "bool",
        "returnComment": "str | None",
        "expiresAt": "str | None",
        "previousAssignmentId": "str | None",
        "overrideReason": "str | None",
        "draftVersion": "int",
        "draftSavedAt": "str | None",
        "submitsAt": "str | None",
        "handedInAt": "str | None",
        "handedIn": "t.NotRequired[AssignmentHandedIn]",
        "presentation": "AssignmentPresentation | None",
        "flag": "AssignmentFlag | None",
        "flaggedAt": "str | None",
        "comment": "str | None",
        "result": "t.NotRequired[t.Any]",
        "draft": "t.NotRequired[t.Any]",
        "draftComment": "t.NotRequired[str]",
    },
)

AssignmentFlag = t.TypedDict(
    "AssignmentFlag",
    {
        "comment": "str",
    },
)

AssignmentHandedIn = t.TypedDict(
    "AssignmentHandedIn",
    {
        "result": "t.Any",
        "comment": "str | None",
    },
)

AssignmentPresentation = t.TypedDict(
    "AssignmentPresentation",
    {
        "sides": "dict[str, list[str]]",
        "options": "dict[str, list[str]]",
        "prefilled": "list[str]",
        "submissions": "t.NotRequired[list[str]]",
    },
)

AssignmentRejectReason = t.TypedDict(
    "AssignmentRejectReason",
    {
        "code": "str",
        "comment": "t.NotRequired[str]",
    },
)

AssignmentWork = t.TypedDict(
    "AssignmentWork",
    {
        "assignment": "Assignment",
        "form": "Form | None",
        "show": "list[FormTemplateShowItem]",
        "presentation": "AssignmentPresentation | None",
        "start": "FormTemplateExampleResult",
        "draft": "AssignmentWorkDraft | None",
        "submissions": "list[AssignmentWorkSubmissionsItem]",
        "contested": "list[str]",
    },
)

AssignmentWorkDraft = t.TypedDict(
    "AssignmentWorkDraft",
    {
        "answers": "t.Any",
        "comment": "t.NotRequired[str]",
        "draftVersion": "int",
        "savedAt": "str | None",
    },
)

AssignmentWorkSubmissionsItem = t.TypedDict(
    "AssignmentWorkSubmissionsItem",
    {
        "assignmentId": "str",
        "result": "t.Any",
        "comment": "str | None",
    },
)

BatchResult = t.TypedDict(
    "BatchResult",
    {
        "assigned": "int",
        "unassigned": "list[BatchResultUnassignedItem]",
    },
)

BatchResultUnassignedItem = t.TypedDict(
    "BatchResultUnassignedItem",
    {
        "taskId": "str",
        "reason": "str",
    },
)

BringFileQuery = t.TypedDict(
    "BringFileQuery",
    {
        "format": "t.NotRequired[str]",
        "mapping": "t.NotRequired[str]",
        "target": "t.NotRequired[t.Literal[\"tasks\", \"definition\", \"run\", \"form\"]]",
        "name": "t.NotRequired[str]",
        "jobType": "t.NotRequired[str]",
        "mode": "t.NotRequired[t.Literal[\"atomic\", \"chunks\"]]",
        "dryRun": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
        "onConflict": "t.NotRequired[t.Literal[\"refuse\", \"skip\"]]",
        "submissions": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
    },
)

Budget = t.TypedDict(
    "Budget",
    {
        "budgetId": "str",
        "projectId": "str",
        "scope": "BudgetScope | BudgetScope2",
        "capMicros": "int",
        "soft": "float",
        "hard": "bool",
        "atCap": "t.Literal[\"pause\", \"cancel\"]",
        "spentMicros": "int",
        "reservedMicros": "int",
        "assumedMicros": "int",
        "estimate": "t.Literal[\"known\", \"none\"]",
        "resetsAt": "str | None",
        "reached": "bool",
        "version": "int",
    },
)

BudgetScope = t.TypedDict(
    "BudgetScope",
    {
        "runId": "str",
    },
)

BudgetScope2 = t.TypedDict(
    "BudgetScope2",
    {
        "projectId": "str",
        "day": "t.NotRequired[str]",
    },
)

BulkCounted = t.TypedDict(
    "BulkCounted",
    {
        "count": "int",
    },
)

BulkTasksBody = t.TypedDict(
    "BulkTasksBody",
    {
        "action": "t.Literal[\"priority\", \"cancel\"]",
        "filter": "BulkTasksBodyFilter",
        "expect": "t.NotRequired[int]",
        "priority": "t.NotRequired[int]",
    },
)

BulkTasksBodyFilter = t.TypedDict(
    "BulkTasksBodyFilter",
    {
        "status": "t.NotRequired[list[t.Literal[\"open\", \"completed\", \"cancelled\"]]]",
        "stepId": "t.NotRequired[str]",
        "externalId": "t.NotRequired[str]",
        "q": "t.NotRequired[str]",
        "holder": "t.NotRequired[str]",
        "skill": "t.NotRequired[str]",
        "waits": "t.NotRequired[t.Literal[\"inactive\", \"notMember\", \"qualityPaused\", \"missingSkill\", \"alreadyAssigned\", \"excludedByStep\", \"rejectedBefore\", \"atLimit\", \"notQualified\", \"coolingDown\", \"reservedFor\", \"noFreeSlot\", \"queuePaused\", \"noEligiblePerson\"]]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "flagged": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
        "projectId": "t.NotRequired[str]",
        "taskIds": "t.NotRequired[list[str]]",
    },
)

BulkTasksQuery = t.TypedDict(
    "BulkTasksQuery",
    {
        "dryRun": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
    },
)

Calibration = t.TypedDict(
    "Calibration",
    {
        "calibrationId": "str",
        "projectId": "str",
        "runId": "str",
        "design": "t.Literal[\"uniform\", \"stratified\", \"active\"]",
        "kind": "t.Literal[\"share\", \"mean\"]",
        "budget": "int",
        "seed": "int",
        "target": "t.Literal[\"scenarios\", \"run\"]",
        "unscored": "int",
        "createdAt": "str",
        "judge": "CalibrationJudge",
        "range": "list[float]",
        "truth": "CalibrationTruth",
        "anytime": "bool",
        "status": "t.Literal[\"labelling\", \"complete\", \"cancelled\"]",
        "units": "int",
        "labelled": "int",
        "waiting": "int",
        "provisional": "bool",
        "extended": "bool",
        "models": "list[CalibrationModelsItem]",
        "differences": "list[CalibrationDifferencesItem]",
    },
)

CalibrationDifferencesItem = t.TypedDict(
    "CalibrationDifferencesItem",
    {
        "a": "str",
        "b": "str",
        "estimate": "float | None",
        "low": "float | None",
        "high": "float | None",
        "se": "float | None",
        "labelled": "int",
    },
)

CalibrationJudge = t.TypedDict(
    "CalibrationJudge",
    {
        "type": "str",
    },
)

CalibrationModelsItem = t.TypedDict(
    "CalibrationModelsItem",
    {
        "model": "str",
        "labelled": "int",
        "estimate": "float | None",
        "low": "float | None",
        "high": "float | None",
        "se": "float | None",
        "lambda": "float | list[float] | None",
        "judgeMean": "float | None",
        "bias": "CalibrationModelsItemBias | None",
        "saved": "float | None",
        "judge": "CalibrationModelsItemJudge | None",
        "curve": "list[CalibrationModelsItemCurveItem]",
        "refused": "CalibrationModelsItemRefused | None",
    },
)

CalibrationModelsItemBias = t.TypedDict(
    "CalibrationModelsItemBias",
    {
        "value": "float",
        "low": "float",
        "high": "float",
    },
)

CalibrationModelsItemCurveItem = t.TypedDict(
    "CalibrationModelsItemCurveItem",
    {
        "score": "float",
        "n": "int",
        "answer": "float",
        "low": "float | None",
        "high": "float | None",
    },
)

CalibrationModelsItemJudge = t.TypedDict(
    "CalibrationModelsItemJudge",
    {
        "sensitivity": "CalibrationModelsItemJudgeSensitivity",
        "specificity": "CalibrationModelsItemJudgeSensitivity",
        "precision": "CalibrationModelsItemJudgeSensitivity",
        "kappa": "CalibrationModelsItemJudgeSensitivity",
        "effective": "float",
    },
)

CalibrationModelsItemJudgeSensitivity = t.TypedDict(
    "CalibrationModelsItemJudgeSensitivity",
    {
        "value": "float | None",
        "interval": "PeopleAgainstModelsSettledValueInterval | None",
    },
)

CalibrationModelsItemRefused = t.TypedDict(
    "CalibrationModelsItemRefused",
    {
        "code": "t.Literal[\"too_few_labels\", \"labels_missing\", \"unscored\", \"unstable_weights\", \"run_changed\", \"people_disagree\"]",
        "message": "str",
    },
)

CalibrationPlan = t.TypedDict(
    "CalibrationPlan",
    {
        "units": "int",
        "unscored": "int",
        "drawn": "int",
        "tasks": "int",
        "allocation": "list[CalibrationPlanAllocationItem]",
        "halfWidths": "list[CalibrationPlanHalfWidthsItem]",
    },
)

CalibrationPlanAllocationItem = t.TypedDict(
    "CalibrationPlanAllocationItem",
    {
        "stratum": "t.Any",
        "units": "int",
        "drawn": "int",
    },
)

CalibrationPlanHalfWidthsItem = t.TypedDict(
    "CalibrationPlanHalfWidthsItem",
    {
        "model": "str",
        "halfWidth": "float | None",
    },
)

CalibrationTruth = t.TypedDict(
    "CalibrationTruth",
    {
        "projectId": "str",
        "question": "str",
        "map": "t.NotRequired[dict[str, float]]",
    },
)

CancelQueueItemQuery = t.TypedDict(
    "CancelQueueItemQuery",
    {
        "flow": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
    },
)

ChangeMeBody = t.TypedDict(
    "ChangeMeBody",
    {
        "status": "t.NotRequired[t.Literal[\"active\", \"away\"]]",
    },
)

ChangeProjectBody = t.TypedDict(
    "ChangeProjectBody",
    {
        "externalId": "t.NotRequired[str | None]",
        "name": "t.NotRequired[str]",
        "workflowId": "t.NotRequired[str | None]",
        "assignment": "t.NotRequired[AddProjectBodyAssignment]",
        "quality": "t.NotRequired[AddProjectBodyQuality]",
    },
)

ChangeRunBody = t.TypedDict(
    "ChangeRunBody",
    {
        "priority": "t.NotRequired[t.Literal[\"low\", \"normal\", \"high\"]]",
        "maxJobsPerSecond": "t.NotRequired[float | None]",
    },
)

ChangeScheduleBody = t.TypedDict(
    "ChangeScheduleBody",
    {
        "name": "t.NotRequired[str]",
        "when": "t.NotRequired[AddScheduleBodyWhen | AddScheduleBodyWhen2 | AddScheduleBodyWhen3]",
        "start": "t.NotRequired[AddScheduleBodyStart | AddScheduleBodyStart2 | AddScheduleBodyStart3]",
        "missed": "t.NotRequired[t.Literal[\"skip\", \"one\", \"all\"]]",
        "maxCatchUp": "t.NotRequired[int]",
        "graceSeconds": "t.NotRequired[int]",
        "overlap": "t.NotRequired[t.Literal[\"allow\", \"skip\", \"cancel\"]]",
        "jitterSeconds": "t.NotRequired[int]",
        "startsAt": "t.NotRequired[str | None]",
        "endsAt": "t.NotRequired[str | None]",
    },
)

ChangeTaskBody = t.TypedDict(
    "ChangeTaskBody",
    {
        "priority": "t.NotRequired[int]",
        "requiredSkills": "t.NotRequired[list[CheckFormBodyTasksItemRequiredSkillsItem]]",
    },
)

ChangeUserBody = t.TypedDict(
    "ChangeUserBody",
    {
        "externalId": "t.NotRequired[str | None]",
        "displayName": "t.NotRequired[str]",
        "avatarUrl": "t.NotRequired[str | None]",
        "role": "t.NotRequired[t.Literal[\"admin\", \"manager\", \"annotator\"]]",
        "status": "t.NotRequired[t.Literal[\"active\", \"away\", \"suspended\"]]",
        "skills": "t.NotRequired[dict[str, int]]",
        "maxConcurrentAssignments": "t.NotRequired[int | None]",
        "scripted": "t.NotRequired[bool]",
    },
)

ChangeWebhookBody = t.TypedDict(
    "ChangeWebhookBody",
    {
        "url": "t.NotRequired[str]",
        "types": "t.NotRequired[list[t.Literal[\"task_assigned\", \"task_reassigned\", \"task_status_changed\", \"task_unavailable\", \"task_added\", \"task_updated\", \"task_flagged\", \"task_overlap_added\", \"task_completed\", \"run_status_changed\", \"run_changed\", \"queue_item_added\", \"queue_item_removed\", \"job_failed\", \"queue_paused\", \"queue_resumed\", \"queue_cleared\", \"person_paused\", \"person_resumed\", \"control_judged\", \"controls_exhausted\", \"operation_done\", \"price_missing\", \"budget_warned\", \"budget_reached\", \"budget_changed\", \"comparison_created\", \"calibration_drawn\", \"calibration_completed\", \"gate_decided\", \"schedule_changed\", \"schedule_refused\", \"webhook_disabled\", \"import_ended\", \"export_ended\"]] | None]",
        "description": "t.NotRequired[str]",
    },
)

ChangedProject = t.TypedDict(
    "ChangedProject",
    {
        "projectId": "str",
        "externalId": "str | None",
        "name": "str",
        "workflowId": "str | None",
        "assignment": "ProjectAssignment",
        "quality": "ProjectQuality | None",
        "paused": "bool",
        "version": "int",
        "createdAt": "str",
        "wrongPauses": "list[ChangedProjectWrongPausesItem]",
    },
)

ChangedProjectWrongPausesItem = t.TypedDict(
    "ChangedProjectWrongPausesItem",
    {
        "accuracy": "float",
        "within": "int",
        "chance": "float",
    },
)

CheckFormBody = t.TypedDict(
    "CheckFormBody",
    {
        "form": "t.Any",
        "payload": "t.NotRequired[t.Any]",
        "result": "t.NotRequired[t.Any]",
        "tasks": "t.NotRequired[list[CheckFormBodyTasksItem]]",
        "results": "t.NotRequired[list[CheckFormBodyResultsItem]]",
    },
)

CheckFormBodyResultsItem = t.TypedDict(
    "CheckFormBodyResultsItem",
    {
        "task": "int",
        "result": "t.Any",
    },
)

CheckFormBodyTasksItem = t.TypedDict(
    "CheckFormBodyTasksItem",
    {
        "payload": "t.Any",
        "priority": "t.NotRequired[int]",
        "requiredSkills": "t.NotRequired[list[CheckFormBodyTasksItemRequiredSkillsItem]]",
        "gold": "t.NotRequired[t.Any]",
        "externalId": "t.NotRequired[str | None]",
        "formId": "t.NotRequired[str | None]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
    },
)

CheckFormBodyTasksItemRequiredSkillsItem = t.TypedDict(
    "CheckFormBodyTasksItemRequiredSkillsItem",
    {
        "anyOf": "list[str]",
        "minLevel": "t.NotRequired[int]",
        "dropAfterMinutes": "t.NotRequired[float | None]",
    },
)

ClaimJobsBody = t.TypedDict(
    "ClaimJobsBody",
    {
        "max": "int",
        "waitSeconds": "t.NotRequired[float]",
    },
)

ClaimNextBody = t.TypedDict(
    "ClaimNextBody",
    {
        "projectId": "t.NotRequired[str]",
        "stepType": "t.NotRequired[t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]]",
        "ahead": "t.NotRequired[bool]",
    },
)

ClaimNextQuery = t.TypedDict(
    "ClaimNextQuery",
    {
        "include": "t.NotRequired[t.Literal[\"work\"]]",
    },
)

Claimed = t.TypedDict(
    "Claimed",
    {
        "assignment": "Assignment",
        "task": "Task",
        "work": "t.NotRequired[AssignmentWork]",
    },
)

ClaimedJobs = t.TypedDict(
    "ClaimedJobs",
    {
        "jobs": "list[ClaimedJobsJobsItem]",
    },
)

ClaimedJobsJobsItem = t.TypedDict(
    "ClaimedJobsJobsItem",
    {
        "jobId": "str",
        "projectId": "str",
        "runId": "str | None",
        "taskId": "str | None",
        "type": "str",
        "payload": "t.Any",
        "model": "str | None",
        "scenarioId": "str | None",
        "repeat": "int | None",
        "attempt": "int",
        "startedAt": "str",
        "deadline": "str",
        "answers": "t.NotRequired[dict[str, ClaimedJobsJobsItemAnswersValue]]",
        "kept": "t.NotRequired[dict[str, t.Any]]",
    },
)

ClaimedJobsJobsItemAnswersValue = t.TypedDict(
    "ClaimedJobsJobsItemAnswersValue",
    {
        "state": "t.Literal[\"answered\", \"defaulted\", \"timedOut\", \"cancelled\"]",
        "answer": "t.Any",
        "by": "list[str]",
        "taskId": "str",
        "digest": "str",
    },
)

Cleared = t.TypedDict(
    "Cleared",
    {
        "cancelled": "int",
    },
)

ComparePeopleQuery = t.TypedDict(
    "ComparePeopleQuery",
    {
        "agreeOn": "t.NotRequired[str]",
    },
)

Comparison = t.TypedDict(
    "Comparison",
    {
        "comparisonId": "str",
        "projectId": "str",
        "baseline": "ComparisonBaseline",
        "candidate": "ComparisonBaseline",
        "seed": "int",
        "level": "float",
        "clusterBy": "str | None",
        "partial": "bool",
        "pairs": "ComparisonPairs",
        "metrics": "list[ComparisonMetricsItem]",
        "slices": "list[ComparisonSlicesItem]",
        "createdAt": "str",
    },
)

ComparisonBaseline = t.TypedDict(
    "ComparisonBaseline",
    {
        "runId": "str",
        "model": "str",
    },
)

ComparisonMetricsItem = t.TypedDict(
    "ComparisonMetricsItem",
    {
        "metric": "str",
        "kind": "t.Literal[\"binary\", \"ordinal\", \"numeric\"]",
        "aggregate": "t.Literal[\"mean\", \"median\", \"p95\"]",
        "n": "int",
        "units": "int",
        "missing": "ComparisonMetricsItemMissing",
        "wins": "int",
        "losses": "int",
        "baseline": "float | None",
        "candidate": "float | None",
        "difference": "float | None",
        "low": "float | None",
        "high": "float | None",
        "se": "float | None",
        "p": "float | None",
        "midP": "float | None",
        "pAdjusted": "float | None",
        "test": "str | None",
        "minimumDetectable": "float | None",
        "verdict": "t.Literal[\"improved\", \"regressed\", \"no_difference_shown\", \"INCONCLUSIVE\"]",
        "reason": "t.Literal[\"too_few_pairs\", \"too_many_missing\"] | None",
    },
)

ComparisonMetricsItemMissing = t.TypedDict(
    "ComparisonMetricsItemMissing",
    {
        "baseline": "int",
        "candidate": "int",
    },
)

ComparisonPairs = t.TypedDict(
    "ComparisonPairs",
    {
        "n": "int",
        "clusters": "int | None",
        "onlyBaseline": "int",
        "onlyCandidate": "int",
        "changed": "int",
    },
)

ComparisonSlicesItem = t.TypedDict(
    "ComparisonSlicesItem",
    {
        "at": "str",
        "value": "t.Any",
        "metric": "str",
        "n": "int",
        "units": "int",
        "difference": "float | None",
        "low": "float | None",
        "high": "float | None",
        "p": "float | None",
        "q": "float | None",
        "exploratory": "t.Literal[True]",
    },
)

CoolLimitBody = t.TypedDict(
    "CoolLimitBody",
    {
        "seconds": "float",
    },
)

Decision = t.TypedDict(
    "Decision",
    {
        "taskId": "str",
        "stepId": "str",
        "strategy": "str",
        "chosen": "str | None",
        "requirements": "list[WorkflowStepsItemRequiredSkillsItem]",
        "considered": "int",
        "eligible": "int",
        "mainReason": "str | None",
        "reasons": "dict[str, int]",
        "candidates": "list[DecisionCandidatesItem]",
        "nextCursor": "str | None",
    },
)

DecisionCandidatesItem = t.TypedDict(
    "DecisionCandidatesItem",
    {
        "userId": "str",
        "eligible": "bool",
        "reasons": "list[DecisionCandidatesItemReasonsItem]",
        "score": "float | None",
        "parts": "dict[str, float]",
        "displayName": "str",
        "status": "t.Literal[\"active\", \"away\", \"suspended\"]",
        "scripted": "bool",
        "skills": "dict[str, int]",
        "live": "int",
        "limit": "int",
        "quality": "float",
    },
)

DecisionCandidatesItemReasonsItem = t.TypedDict(
    "DecisionCandidatesItemReasonsItem",
    {
        "code": "str",
    },
)

Definition = t.TypedDict(
    "Definition",
    {
        "definitionId": "str",
        "projectId": "str",
        "name": "str",
        "version": "int",
        "jobType": "str",
        "scenarioCount": "int",
        "createdAt": "str",
    },
)

Delivery = t.TypedDict(
    "Delivery",
    {
        "deliveryId": "str",
        "webhookId": "str",
        "messageId": "str",
        "type": "str",
        "projectId": "str | None",
        "seq": "int | None",
        "attempt": "int",
        "outcome": "t.Literal[\"delivered\", \"failed\"]",
        "status": "int | None",
        "response": "str | None",
        "error": "TickError | None",
        "ms": "int",
        "createdAt": "str",
    },
)

EscalateByHandBody = t.TypedDict(
    "EscalateByHandBody",
    {
        "scenarioIds": "list[str]",
    },
)

Escalation = t.TypedDict(
    "Escalation",
    {
        "policy": "EscalationPolicy",
        "scenarios": "int",
        "waiting": "int",
        "ready": "int",
        "escalated": "int",
        "kept": "int",
        "overLimit": "int",
        "refused": "int",
        "notDecided": "int",
        "tasks": "TaskCountsByStatus",
        "byReason": "EscalationByReason",
    },
)

EscalationByReason = t.TypedDict(
    "EscalationByReason",
    {
        "disagreement": "int",
        "failure": "int",
        "score": "int",
        "sample": "int",
        "manual": "int",
    },
)

EscalationPolicy = t.TypedDict(
    "EscalationPolicy",
    {
        "when": "list[EscalationPolicyWhenItem | EscalationPolicyWhenItem2 | EscalationPolicyWhenItem3 | EscalationPolicyWhenItem4 | EscalationPolicyWhenItem42]",
        "task": "EscalationPolicyTask",
        "limit": "t.NotRequired[int]",
        "revealModels": "t.NotRequired[bool]",
    },
)

EscalationPolicyTask = t.TypedDict(
    "EscalationPolicyTask",
    {
        "payload": "t.Any",
        "workflowId": "t.NotRequired[str]",
        "form": "t.NotRequired[str]",
        "priority": "t.NotRequired[int]",
        "requiredSkills": "t.NotRequired[t.Any]",
        "gold": "t.NotRequired[t.Any]",
    },
)

EscalationPolicyWhenItem = t.TypedDict(
    "EscalationPolicyWhenItem",
    {
        "type": "t.Literal[\"disagreement\"]",
        "agreeOn": "str | EscalationPolicyWhenItemAgreeOn2",
        "minModels": "t.NotRequired[int]",
        "absent": "t.NotRequired[t.Literal[\"differs\", \"ignored\"]]",
    },
)

EscalationPolicyWhenItem2 = t.TypedDict(
    "EscalationPolicyWhenItem2",
    {
        "type": "t.Literal[\"failure\"]",
        "of": "t.NotRequired[t.Literal[\"any\", \"all\"]]",
    },
)

EscalationPolicyWhenItem3 = t.TypedDict(
    "EscalationPolicyWhenItem3",
    {
        "type": "t.Literal[\"score\"]",
        "at": "str",
        "below": "float",
        "of": "t.NotRequired[t.Literal[\"any\", \"all\", \"mean\"]]",
    },
)

EscalationPolicyWhenItem4 = t.TypedDict(
    "EscalationPolicyWhenItem4",
    {
        "probability": "float",
    },
)

EscalationPolicyWhenItem42 = t.TypedDict(
    "EscalationPolicyWhenItem42",
    {
        "count": "int",
    },
)

EscalationPolicyWhenItemAgreeOn2 = t.TypedDict(
    "EscalationPolicyWhenItemAgreeOn2",
    {
        "form": "str",
        "question": "str",
        "at": "t.NotRequired[str]",
    },
)

EscalationPreview = t.TypedDict(
    "EscalationPreview",
    {
        "scenarios": "int",
        "escalated": "int",
        "kept": "int",
        "overLimit": "int",
        "refused": "int",
        "notDecided": "int",
        "byReason": "EscalationByReason",
    },
)

Event = t.TypedDict(
    "Event",
    {
        "eventId": "str",
        "type": "str",
        "projectId": "str",
        "seq": "int",
        "affectedUserIds": "list[str] | None",
        "occurredAt": "str",
        "data": "FormTemplateExampleResult",
    },
)

ExistingQueueItem = t.TypedDict(
    "ExistingQueueItem",
    {
        "itemId": "str",
        "type": "str",
        "runId": "str | None",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "priority": "int",
        "position": "int | None",
        "globalPosition": "int | None",
        "step": "QueueItemStep | None",
        "progress": "float",
        "attempt": "int",
        "cancelling": "bool",
        "asleep": "bool",
        "createdBy": "str | None",
        "createdAt": "str",
        "availableAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "error": "QueueItemError | None",
        "usage": "t.NotRequired[QueueItemUsage | None]",
        "existing": "t.Literal[True]",
        "differs": "bool",
    },
)

ExistingTask = t.TypedDict(
    "ExistingTask",
    {
        "index": "int",
        "externalId": "str",
        "taskId": "str",
        "differs": "bool",
    },
)

ExportJobsBody = t.TypedDict(
    "ExportJobsBody",
    {
        "filter": "MoveJobsBodyFilter",
        "format": "t.NotRequired[t.Literal[\"ndjson\", \"csv\"]]",
    },
)

ExportManifest = t.TypedDict(
    "ExportManifest",
    {
        "format": "str",
        "formatVersion": "str | None",
        "musterVersion": "str",
        "exportId": "str",
        "createdAt": "str",
        "seq": "int",
        "oneMoment": "bool",
        "runs": "list[ExportManifestRunsItem]",
        "definition": "ExportManifestDefinition | None",
        "form": "ExportManifestForm | None",
        "people": "t.Literal[\"none\", \"pseudonym\", \"id\"]",
        "files": "list[ExportManifestFilesItem]",
        "left": "list[ExportManifestLeftItem]",
    },
)

ExportManifestDefinition = t.TypedDict(
    "ExportManifestDefinition",
    {
        "definitionId": "str",
        "version": "int",
    },
)

ExportManifestFilesItem = t.TypedDict(
    "ExportManifestFilesItem",
    {
        "name": "str",
        "rows": "int",
        "bytes": "int",
        "sha256": "str",
    },
)

ExportManifestForm = t.TypedDict(
    "ExportManifestForm",
    {
        "formId": "str",
        "name": "str",
        "version": "int",
    },
)

ExportManifestLeftItem = t.TypedDict(
    "ExportManifestLeftItem",
    {
        "what": "str",
        "count": "int",
        "why": "str",
    },
)

ExportManifestRunsItem = t.TypedDict(
    "ExportManifestRunsItem",
    {
        "runId": "str",
        "definitionId": "str",
        "version": "int",
        "sampleSeed": "int",
        "samplePercentage": "float",
        "models": "list[str]",
        "status": "str",
        "escalation": "t.Any",
    },
)

ExportView = t.TypedDict(
    "ExportView",
    {
        "exportId": "str",
        "projectId": "str",
        "what": "t.Literal[\"run\", \"tasks\", \"definition\"]",
        "format": "str",
        "runIds": "list[str]",
        "definitionId": "str | None",
        "people": "t.Literal[\"none\", \"pseudonym\", \"id\"]",
        "gzip": "bool",
        "fields": "list[str]",
        "delimiter": "str | None",
        "csvSafe": "bool",
        "formId": "str | None",
        "question": "str | None",
        "promptAt": "str | None",
        "status": "t.Literal[\"waiting\", \"writing\", \"completed\", \"failed\"]",
        "rows": "int",
        "files": "list[ExportManifestFilesItem]",
        "error": "TickError | None",
        "createdBy": "str | None",
        "createdAt": "str",
        "finishedAt": "str | None",
        "expiresAt": "str | None",
    },
)

ExtendCalibrationBody = t.TypedDict(
    "ExtendCalibrationBody",
    {
        "budget": "int",
    },
)

FindJobsQuery = t.TypedDict(
    "FindJobsQuery",
    {
        "state": "t.NotRequired[list[t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]]]",
        "type": "t.NotRequired[str]",
        "runId": "t.NotRequired[str]",
        "model": "t.NotRequired[str]",
        "scenarioId": "t.NotRequired[str]",
        "error": "t.NotRequired[str]",
        "cause": "t.NotRequired[int]",
        "attempts": "t.NotRequired[str]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "order": "t.NotRequired[t.Literal[\"asc\", \"desc\"]]",
        "limit": "t.NotRequired[int]",
        "cursor": "t.NotRequired[str]",
    },
)

FindRunPlacesQuery = t.TypedDict(
    "FindRunPlacesQuery",
    {
        "where": "t.NotRequired[str]",
        "labelAt": "t.NotRequired[str]",
    },
)

FireScheduleBody = t.TypedDict(
    "FireScheduleBody",
    {
        "at": "t.NotRequired[str]",
    },
)

Fit = t.TypedDict(
    "Fit",
    {
        "projectId": "str",
        "stepId": "str",
        "formId": "str",
        "question": "str",
        "number": "int",
        "method": "t.Literal[\"oneCoin\"]",
        "settled": "int",
        "prevalence": "list[float]",
        "rounds": "int",
        "converged": "bool",
        "fittedAt": "str",
        "skills": "list[FitSkillsItem]",
    },
)

FitSkillsItem = t.TypedDict(
    "FitSkillsItem",
    {
        "userId": "str",
        "accuracy": "float",
        "labels": "int",
    },
)

FlagAssignmentBody = t.TypedDict(
    "FlagAssignmentBody",
    {
        "comment": "str",
    },
)

Form = t.TypedDict(
    "Form",
    {
        "formId": "str",
        "name": "str",
        "title": "str",
        "help": "t.NotRequired[str]",
        "show": "list[FormTemplateShowItem]",
        "questions": "list[FormTemplateQuestionsItem]",
        "skip": "t.NotRequired[FormTemplateSkip]",
        "comment": "t.NotRequired[bool]",
        "example": "t.NotRequired[FormTemplateExample]",
        "version": "int",
        "createdAt": "str",
    },
)

FormCheck = t.TypedDict(
    "FormCheck",
    {
        "ok": "bool",
        "errors": "list[ProblemErrorsItem]",
        "schema": "FormTemplateExampleResult | None",
    },
)

FormTemplate = t.TypedDict(
    "FormTemplate",
    {
        "name": "str",
        "title": "str",
        "help": "t.NotRequired[str]",
        "show": "list[FormTemplateShowItem]",
        "questions": "list[FormTemplateQuestionsItem]",
        "skip": "t.NotRequired[FormTemplateSkip]",
        "comment": "t.NotRequired[bool]",
        "example": "t.NotRequired[FormTemplateExample]",
    },
)

FormTemplateExample = t.TypedDict(
    "FormTemplateExample",
    {
        "payload": "t.Any",
        "result": "t.NotRequired[FormTemplateExampleResult]",
    },
)

FormTemplateExampleResult = t.TypedDict(
    "FormTemplateExampleResult",
    {
    },
)

FormTemplateQuestionsItem = t.TypedDict(
    "FormTemplateQuestionsItem",
    {
        "id": "str",
        "type": "str",
        "title": "str",
    },
)

FormTemplateShowItem = t.TypedDict(
    "FormTemplateShowItem",
    {
        "name": "str",
        "as": "str",
    },
)

FormTemplateSkip = t.TypedDict(
    "FormTemplateSkip",
    {
        "codes": "t.NotRequired[list[str]]",
        "commentRequired": "t.NotRequired[bool]",
    },
)

Gate = t.TypedDict(
    "Gate",
    {
        "gateId": "str",
        "projectId": "str",
        "decision": "t.Literal[\"GO\", \"NO-GO\", \"INCONCLUSIVE\"]",
        "rules": "list[GateRulesItem]",
        "baseline": "ComparisonBaseline",
        "candidate": "ComparisonBaseline",
        "policy": "GatePolicy",
        "comparisonId": "str",
        "createdAt": "str",
    },
)

GatePolicy = t.TypedDict(
    "GatePolicy",
    {
        "version": "t.Literal[1]",
        "alpha": "t.NotRequired[float]",
        "metrics": "list[GatePolicyMetricsItem]",
        "clusterBy": "t.NotRequired[str]",
        "seed": "t.NotRequired[int]",
        "rules": "list[GatePolicyRulesItem]",
    },
)

GatePolicyMetricsItem = t.TypedDict(
    "GatePolicyMetricsItem",
    {
        "name": "str",
    },
)

GatePolicyRulesItem = t.TypedDict(
    "GatePolicyRulesItem",
    {
        "metric": "str",
        "tier": "t.Literal[\"critical\", \"supporting\", \"advisory\"]",
        "maxDrop": "t.NotRequired[float]",
        "minValue": "t.NotRequired[float]",
        "slice": "t.NotRequired[GateRulesItemSlice]",
        "minPairs": "t.NotRequired[int]",
        "calibrationId": "t.NotRequired[str]",
    },
)

GateRulesItem = t.TypedDict(
    "GateRulesItem",
    {
        "metric": "str",
        "tier": "t.Literal[\"critical\", \"supporting\", \"advisory\"]",
        "maxDrop": "t.NotRequired[float]",
        "minValue": "t.NotRequired[float]",
        "slice": "t.NotRequired[GateRulesItemSlice]",
        "minPairs": "t.NotRequired[int]",
        "calibrationId": "t.NotRequired[str]",
        "n": "int",
        "value": "float | None",
        "difference": "float | None",
        "low": "float | None",
        "high": "float | None",
        "pass": "float | None",
        "block": "float | None",
        "blockAdjusted": "float | None",
        "minimumDetectable": "float | None",
        "verdict": "t.Literal[\"PASS\", \"BLOCK\", \"INCONCLUSIVE\"]",
        "reason": "t.Literal[\"missing_metric\", \"missing_slice\", \"too_few_pairs\", \"too_many_missing\", \"not_drawn_here\", \"provisional\", \"too_few_labels\", \"labels_missing\", \"unscored\", \"unstable_weights\", \"run_changed\", \"people_disagree\"] | None",
    },
)

GateRulesItemSlice = t.TypedDict(
    "GateRulesItemSlice",
    {
        "at": "str",
        "is": "t.Any",
    },
)

GetAllTaskCountsQuery = t.TypedDict(
    "GetAllTaskCountsQuery",
    {
        "status": "t.NotRequired[list[t.Literal[\"open\", \"completed\", \"cancelled\"]]]",
        "stepId": "t.NotRequired[str]",
        "externalId": "t.NotRequired[str]",
        "q": "t.NotRequired[str]",
        "holder": "t.NotRequired[str]",
        "skill": "t.NotRequired[str]",
        "waits": "t.NotRequired[t.Literal[\"inactive\", \"notMember\", \"qualityPaused\", \"missingSkill\", \"alreadyAssigned\", \"excludedByStep\", \"rejectedBefore\", \"atLimit\", \"notQualified\", \"coolingDown\", \"reservedFor\", \"noFreeSlot\", \"queuePaused\", \"noEligiblePerson\"]]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "flagged": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
        "order": "t.NotRequired[t.Literal[\"asc\", \"desc\"]]",
    },
)

GetFormSchemaQuery = t.TypedDict(
    "GetFormSchemaQuery",
    {
        "taskId": "t.NotRequired[str]",
        "review": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
    },
)

GetMyQueueStatsQuery = t.TypedDict(
    "GetMyQueueStatsQuery",
    {
        "since": "t.NotRequired[str]",
    },
)

GetPositionEffectsQuery = t.TypedDict(
    "GetPositionEffectsQuery",
    {
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
        "level": "t.NotRequired[float]",
    },
)

GetQueueStatusQuery = t.TypedDict(
    "GetQueueStatusQuery",
    {
        "limit": "t.NotRequired[int]",
        "cursor": "t.NotRequired[str]",
        "state": "t.NotRequired[list[t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]]]",
        "type": "t.NotRequired[str]",
    },
)

GetRunMatrixQuery = t.TypedDict(
    "GetRunMatrixQuery",
    {
        "from": "t.NotRequired[int]",
        "limit": "t.NotRequired[int]",
        "places": "t.NotRequired[list[int]]",
        "labelAt": "t.NotRequired[str]",
    },
)

GetRunMetricsAnswer = t.TypedDict(
    "GetRunMetricsAnswer",
    {
        "items": "list[ModelMetric]",
    },
)

GetRunMetricsBody = t.TypedDict(
    "GetRunMetricsBody",
    {
        "metrics": "list[AddComparisonBodyMetricsItem]",
        "clusterBy": "t.NotRequired[str]",
        "level": "t.NotRequired[float]",
    },
)

GetRunRatesQuery = t.TypedDict(
    "GetRunRatesQuery",
    {
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "step": "t.NotRequired[int]",
    },
)

GetSessionQuery = t.TypedDict(
    "GetSessionQuery",
    {
    },
)

GetTaskDecisionsQuery = t.TypedDict(
    "GetTaskDecisionsQuery",
    {
        "limit": "t.NotRequired[int]",
        "replay": "t.NotRequired[str]",
    },
)

GetTaskQuery = t.TypedDict(
    "GetTaskQuery",
    {
        "include": "t.NotRequired[t.Literal[\"show\"]]",
    },
)

GetUsageQuery = t.TypedDict(
    "GetUsageQuery",
    {
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "by": "t.NotRequired[t.Literal[\"run\", \"model\", \"project\", \"day\"]]",
    },
)

HeartbeatAnswer = t.TypedDict(
    "HeartbeatAnswer",
    {
        "cancel": "list[str]",
        "lost": "list[str]",
    },
)

HeartbeatWorkerBody = t.TypedDict(
    "HeartbeatWorkerBody",
    {
        "report": "t.NotRequired[int]",
        "jobs": "t.NotRequired[list[HeartbeatWorkerBodyJobsItem]]",
    },
)

HeartbeatWorkerBodyJobsItem = t.TypedDict(
    "HeartbeatWorkerBodyJobsItem",
    {
        "jobId": "str",
        "attempt": "int",
        "step": "t.NotRequired[HeartbeatWorkerBodyJobsItemStep]",
        "progress": "t.NotRequired[float]",
        "usage": "t.NotRequired[HeartbeatWorkerBodyJobsItemUsage | list[HeartbeatWorkerBodyJobsItemUsage]]",
    },
)

HeartbeatWorkerBodyJobsItemStep = t.TypedDict(
    "HeartbeatWorkerBodyJobsItemStep",
    {
        "name": "str",
        "index": "int",
        "total": "int",
    },
)

HeartbeatWorkerBodyJobsItemUsage = t.TypedDict(
    "HeartbeatWorkerBodyJobsItemUsage",
    {
        "model": "t.NotRequired[str]",
        "input": "int",
        "output": "int",
        "cached": "t.NotRequired[int]",
        "cacheWrite": "t.NotRequired[int]",
        "reasoning": "t.NotRequired[int]",
        "costMicros": "t.NotRequired[int]",
    },
)

ImportPreview = t.TypedDict(
    "ImportPreview",
    {
        "format": "str | None",
        "formatVersion": "str | None",
        "sample": "list[ImportPreviewSampleItem]",
        "fields": "list[ImportPreviewFieldsItem]",
        "findings": "list[ImportPreviewFindingsItem]",
    },
)

ImportPreviewFieldsItem = t.TypedDict(
    "ImportPreviewFieldsItem",
    {
        "place": "str",
        "type": "str | None",
        "share": "float",
        "mappedTo": "str | None",
    },
)

ImportPreviewFindingsItem = t.TypedDict(
    "ImportPreviewFindingsItem",
    {
        "line": "int | None",
        "place": "str | None",
        "externalId": "str | None",
        "level": "t.Literal[\"error\", \"left\", \"note\"]",
        "code": "str",
        "message": "str",
    },
)

ImportPreviewSampleItem = t.TypedDict(
    "ImportPreviewSampleItem",
    {
        "kind": "str",
        "line": "int | None",
        "value": "t.Any",
    },
)

ImportView = t.TypedDict(
    "ImportView",
    {
        "importId": "str",
        "projectId": "str",
        "name": "str",
        "format": "str",
        "formatVersion": "str | None",
        "target": "t.Literal[\"tasks\", \"definition\", \"run\", \"form\"] | None",
        "mode": "t.Literal[\"atomic\", \"chunks\"]",
        "dryRun": "bool",
        "onConflict": "t.Literal[\"refuse\", \"skip\"]",
        "submissions": "bool",
        "jobType": "str | None",
        "mapping": "t.Any",
        "status": "t.Literal[\"receiving\", \"checking\", \"writing\", \"completed\", \"refused\", \"failed\", \"cancelled\"]",
        "sha256": "str | None",
        "bytes": "int",
        "counts": "ImportViewCounts",
        "createdIds": "ImportViewCreatedIds",
        "error": "TickError | None",
        "createdBy": "str | None",
        "createdAt": "str",
        "finishedAt": "str | None",
    },
)

ImportViewCounts = t.TypedDict(
    "ImportViewCounts",
    {
        "read": "int",
        "made": "int",
        "same": "int",
        "changed": "int",
        "refused": "int",
        "left": "int",
    },
)

ImportViewCreatedIds = t.TypedDict(
    "ImportViewCreatedIds",
    {
        "definitionId": "t.NotRequired[str]",
        "runId": "t.NotRequired[str]",
        "formId": "t.NotRequired[str]",
    },
)

Job = t.TypedDict(
    "Job",
    {
        "jobId": "str",
        "runId": "str | None",
        "type": "str",
        "model": "str | None",
        "scenarioId": "str | None",
        "repeat": "int | None",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "priority": "int",
        "attempt": "int",
        "maxAttempts": "int",
        "createdAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "result": "t.Any",
        "error": "QueueItemError | None",
    },
)

JobCauses = t.TypedDict(
    "JobCauses",
    {
        "items": "list[JobCausesItemsItem]",
    },
)

JobCausesItemsItem = t.TypedDict(
    "JobCausesItemsItem",
    {
        "causeId": "int",
        "projectId": "str",
        "type": "str",
        "code": "str",
        "pattern": "str",
        "sample": "str",
        "failed": "int",
        "lastHour": "list[int]",
        "firstAt": "str",
        "lastAt": "str",
    },
)

JobDetail = t.TypedDict(
    "JobDetail",
    {
        "usage": "QueueItemUsage | None",
        "jobId": "str",
        "projectId": "str",
        "runId": "str | None",
        "taskId": "str | None",
        "type": "str",
        "model": "str | None",
        "scenarioId": "str | None",
        "repeat": "int | None",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "priority": "int",
        "position": "int | None",
        "globalPosition": "int | None",
        "step": "QueueItemStep | None",
        "progress": "float",
        "attempt": "int",
        "maxAttempts": "int",
        "cancelling": "bool",
        "asleep": "bool",
        "createdBy": "str | None",
        "createdAt": "str",
        "availableAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "error": "QueueItemError | None",
        "payload": "t.Any",
        "result": "t.Any",
        "attempts": "list[JobDetailAttemptsItem]",
        "cause": "JobDetailCause | None",
        "tick": "JobDetailTick | None",
        "asks": "list[JobDetailAsksItem]",
        "waitsFor": "list[JobDetailWaitsForItem]",
    },
)

JobDetailAsksItem = t.TypedDict(
    "JobDetailAsksItem",
    {
        "name": "str",
        "taskId": "str",
        "state": "t.Literal[\"open\", \"answered\", \"defaulted\", \"timedOut\", \"cancelled\"]",
        "answer": "t.Any",
        "by": "list[str]",
        "askedAt": "str",
        "endedAt": "str | None",
        "timeoutAt": "str | None",
        "stale": "bool",
    },
)

JobDetailAttemptsItem = t.TypedDict(
    "JobDetailAttemptsItem",
    {
        "attempt": "int",
        "startedAt": "str",
        "endedAt": "str | None",
        "workerId": "str | None",
        "outcome": "t.Literal[\"completed\", \"failed\", \"cancelled\", \"retried\", \"notNow\", \"returned\", \"lost\", \"asleep\"] | None",
        "error": "QueueItemError | None",
    },
)

JobDetailCause = t.TypedDict(
    "JobDetailCause",
    {
        "causeId": "int",
        "code": "str",
        "pattern": "str",
    },
)

JobDetailTick = t.TypedDict(
    "JobDetailTick",
    {
        "scheduleId": "str",
        "plannedAt": "str",
        "again": "int",
    },
)

JobDetailWaitsForItem = t.TypedDict(
    "JobDetailWaitsForItem",
    {
        "kind": "t.Literal[\"notDue\", \"pace\", \"paused\", \"coolDown\", \"concurrency\", \"perMinute\", \"unitsPerMinute\", \"budget\", \"parents\", \"run\", \"worker\", \"turn\", \"person\"]",
        "runId": "t.NotRequired[str]",
        "when": "t.NotRequired[t.Literal[\"completed\", \"ended\", \"peopleDone\"]]",
        "asks": "t.NotRequired[list[str]]",
        "by": "t.NotRequired[t.Literal[\"system\", \"project\", \"run\", \"limit\"]]",
        "key": "t.NotRequired[str]",
        "used": "t.NotRequired[float | None]",
        "of": "t.NotRequired[float | None]",
        "opensAt": "t.NotRequired[str | None]",
        "ahead": "t.NotRequired[int]",
        "aheadMore": "t.NotRequired[bool]",
        "before": "t.NotRequired[int]",
        "beforeInAll": "t.NotRequired[int]",
    },
)

JobFlow = t.TypedDict(
    "JobFlow",
    {
        "jobId": "str",
        "levels": "list[JobFlowLevelsItem]",
        "links": "list[JobFlowLinksItem]",
        "complete": "bool",
    },
)

JobFlowLevelsItem = t.TypedDict(
    "JobFlowLevelsItem",
    {
        "level": "int",
        "nodes": "list[JobFlowLevelsItemNodesItem]",
        "counts": "list[JobFlowLevelsItemCountsItem]",
    },
)

JobFlowLevelsItemCountsItem = t.TypedDict(
    "JobFlowLevelsItemCountsItem",
    {
        "type": "str",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "count": "int",
    },
)

JobFlowLevelsItemNodesItem = t.TypedDict(
    "JobFlowLevelsItemNodesItem",
    {
        "jobId": "str",
        "type": "str",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
    },
)

JobFlowLinksItem = t.TypedDict(
    "JobFlowLinksItem",
    {
        "parentId": "str",
        "childId": "str",
    },
)

JobPage = t.TypedDict(
    "JobPage",
    {
        "items": "list[JobPageItemsItem]",
        "nextCursor": "str | None",
        "searched": "int",
        "complete": "bool",
    },
)

JobPageItemsItem = t.TypedDict(
    "JobPageItemsItem",
    {
        "usage": "QueueItemUsage | None",
        "jobId": "str",
        "projectId": "str",
        "runId": "str | None",
        "taskId": "str | None",
        "type": "str",
        "model": "str | None",
        "scenarioId": "str | None",
        "repeat": "int | None",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "priority": "int",
        "position": "int | None",
        "globalPosition": "int | None",
        "step": "QueueItemStep | None",
        "progress": "float",
        "attempt": "int",
        "maxAttempts": "int",
        "cancelling": "bool",
        "asleep": "bool",
        "createdBy": "str | None",
        "createdAt": "str",
        "availableAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "error": "QueueItemError | None",
    },
)

JobsPreview = t.TypedDict(
    "JobsPreview",
    {
        "count": "int",
        "byState": "dict[str, int]",
        "byType": "dict[str, int]",
        "sample": "list[JobPageItemsItem]",
    },
)

KeepMySettingsBody = t.TypedDict(
    "KeepMySettingsBody",
    {
        "settings": "dict[str, t.Any]",
    },
)

KeptPrices = t.TypedDict(
    "KeptPrices",
    {
        "items": "list[Price]",
    },
)

Limit = t.TypedDict(
    "Limit",
    {
        "key": "str",
        "origin": "t.Literal[\"code\", \"api\"]",
        "concurrency": "int | None",
        "perMinute": "float | None",
        "burst": "int | None",
        "unitsPerMinute": "float | None",
        "estimate": "int | None",
        "adaptive": "LimitAdaptive | None",
        "paused": "bool",
        "version": "int",
        "inUse": "int",
        "startsLastMinute": "float",
        "unitsLastMinute": "float",
        "waiting": "int",
        "window": "float | None",
        "opensAt": "str | None",
        "coolUntil": "str | None",
        "coolDowns": "int",
    },
)

LimitAdaptive = t.TypedDict(
    "LimitAdaptive",
    {
        "min": "int",
        "start": "int",
    },
)

ListCandidatesQuery = t.TypedDict(
    "ListCandidatesQuery",
    {
        "limit": "t.NotRequired[int]",
        "cursor": "t.NotRequired[str]",
        "strategy": "t.NotRequired[str]",
        "userId": "t.NotRequired[str]",
    },
)

ListComparedPairsQuery = t.TypedDict(
    "ListComparedPairsQuery",
    {
        "metric": "str",
        "change": "t.NotRequired[t.Literal[\"better\", \"worse\", \"same\"]]",
    },
)

ListDeliveriesQuery = t.TypedDict(
    "ListDeliveriesQuery",
    {
        "limit": "t.NotRequired[int]",
        "outcome": "t.NotRequired[t.Literal[\"delivered\", \"failed\"]]",
    },
)

ListEscalationsQuery = t.TypedDict(
    "ListEscalationsQuery",
    {
        "limit": "t.NotRequired[int]",
        "state": "t.NotRequired[list[t.Literal[\"waiting\", \"ready\", \"escalated\", \"kept\", \"overLimit\", \"refused\", \"notDecided\"]]]",
    },
)

ListEventsQuery = t.TypedDict(
    "ListEventsQuery",
    {
        "limit": "t.NotRequired[int]",
        "before": "t.NotRequired[str]",
        "after": "t.NotRequired[str]",
        "type": "t.NotRequired[list[t.Literal[\"task_assigned\", \"task_reassigned\", \"task_status_changed\", \"task_unavailable\", \"task_added\", \"task_updated\", \"task_flagged\", \"task_overlap_added\", \"task_completed\", \"run_status_changed\", \"run_changed\", \"queue_item_added\", \"queue_item_removed\", \"job_failed\", \"queue_paused\", \"queue_resumed\", \"queue_cleared\", \"person_paused\", \"person_resumed\", \"control_judged\", \"controls_exhausted\", \"operation_done\", \"price_missing\", \"budget_warned\", \"budget_reached\", \"budget_changed\", \"comparison_created\", \"calibration_drawn\", \"calibration_completed\", \"gate_decided\", \"schedule_changed\", \"schedule_refused\", \"webhook_disabled\", \"import_ended\", \"export_ended\"]]]",
        "userId": "t.NotRequired[str]",
        "runId": "t.NotRequired[str]",
        "taskId": "t.NotRequired[str]",
    },
)

ListFitsQuery = t.TypedDict(
    "ListFitsQuery",
    {
        "limit": "t.NotRequired[int]",
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
    },
)

ListFormTemplatesAnswer = t.TypedDict(
    "ListFormTemplatesAnswer",
    {
        "items": "list[FormTemplate]",
    },
)

ListFormsQuery = t.TypedDict(
    "ListFormsQuery",
    {
        "limit": "t.NotRequired[int]",
        "name": "t.NotRequired[str]",
    },
)

ListJobCausesQuery = t.TypedDict(
    "ListJobCausesQuery",
    {
        "type": "t.NotRequired[str]",
        "runId": "t.NotRequired[str]",
    },
)

ListLimitsQuery = t.TypedDict(
    "ListLimitsQuery",
    {
        "limit": "t.NotRequired[int]",
        "prefix": "t.NotRequired[str]",
    },
)

ListMembersQuery = t.TypedDict(
    "ListMembersQuery",
    {
        "limit": "t.NotRequired[int]",
    },
)

ListMyQueueQuery = t.TypedDict(
    "ListMyQueueQuery",
    {
        "projectId": "t.NotRequired[str]",
        "stepType": "t.NotRequired[t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]]",
        "status": "t.NotRequired[list[t.Literal[\"assigned\", \"accepted\", \"in_progress\", \"submitted\", \"rejected\", \"expired\", \"reassigned\"]]]",
        "sort": "t.NotRequired[t.Literal[\"priority\", \"age\", \"project\", \"submitted\"]]",
        "order": "t.NotRequired[t.Literal[\"asc\", \"desc\"]]",
        "include": "t.NotRequired[list[t.Literal[\"task\"]]]",
        "limit": "t.NotRequired[int]",
    },
)

ListNextTicksAnswer = t.TypedDict(
    "ListNextTicksAnswer",
    {
        "items": "list[UpcomingTick]",
    },
)

ListNextTicksQuery = t.TypedDict(
    "ListNextTicksQuery",
    {
        "n": "t.NotRequired[int]",
        "after": "t.NotRequired[str]",
    },
)

ListPricesQuery = t.TypedDict(
    "ListPricesQuery",
    {
        "limit": "t.NotRequired[int]",
        "model": "t.NotRequired[str]",
    },
)

ListQualityAnswer = t.TypedDict(
    "ListQualityAnswer",
    {
        "items": "list[Quality]",
    },
)

ListRunJobsQuery = t.TypedDict(
    "ListRunJobsQuery",
    {
        "limit": "t.NotRequired[int]",
        "state": "t.NotRequired[list[t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]]]",
        "model": "t.NotRequired[str]",
    },
)

ListRunsQuery = t.TypedDict(
    "ListRunsQuery",
    {
        "limit": "t.NotRequired[int]",
        "status": "t.NotRequired[list[t.Literal[\"pending\", \"running\", \"paused\", \"completed\", \"cancelled\"]]]",
        "definitionId": "t.NotRequired[str]",
        "experimentId": "t.NotRequired[str]",
        "model": "t.NotRequired[str]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
    },
)

ListTasksQuery = t.TypedDict(
    "ListTasksQuery",
    {
        "status": "t.NotRequired[list[t.Literal[\"open\", \"completed\", \"cancelled\"]]]",
        "stepId": "t.NotRequired[str]",
        "externalId": "t.NotRequired[str]",
        "q": "t.NotRequired[str]",
        "holder": "t.NotRequired[str]",
        "skill": "t.NotRequired[str]",
        "waits": "t.NotRequired[t.Literal[\"inactive\", \"notMember\", \"qualityPaused\", \"missingSkill\", \"alreadyAssigned\", \"excludedByStep\", \"rejectedBefore\", \"atLimit\", \"notQualified\", \"coolingDown\", \"reservedFor\", \"noFreeSlot\", \"queuePaused\", \"noEligiblePerson\"]]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "flagged": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
        "order": "t.NotRequired[t.Literal[\"asc\", \"desc\"]]",
        "limit": "t.NotRequired[int]",
    },
)

ListTicksQuery = t.TypedDict(
    "ListTicksQuery",
    {
        "limit": "t.NotRequired[int]",
        "outcome": "t.NotRequired[list[t.Literal[\"started\", \"overlapped\", \"missed\", \"refused\"]]]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
    },
)

ListUsersQuery = t.TypedDict(
    "ListUsersQuery",
    {
        "limit": "t.NotRequired[int]",
        "externalId": "t.NotRequired[str]",
    },
)

ListedTask = t.TypedDict(
    "ListedTask",
    {
        "taskId": "str",
        "projectId": "str",
        "workflowId": "str",
        "status": "t.Literal[\"open\", \"completed\", \"cancelled\"] | None",
        "currentStepId": "str | None",
        "priority": "int | None",
        "payload": "t.Any",
        "requiredSkills": "list[WorkflowStepsItemRequiredSkillsItem] | None",
        "gold": "t.NotRequired[t.Any]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
        "formId": "str | None",
        "version": "int | None",
        "cooldownUntil": "str | None",
        "externalId": "str | None",
        "createdAt": "str | None",
        "completedAt": "str | None",
        "stepState": "t.Literal[\"free\", \"held\", \"resting\", \"nobody\"] | None",
        "mainReason": "t.Literal[\"inactive\", \"notMember\", \"qualityPaused\", \"missingSkill\", \"alreadyAssigned\", \"excludedByStep\", \"rejectedBefore\", \"atLimit\", \"notQualified\", \"coolingDown\", \"reservedFor\", \"noFreeSlot\", \"queuePaused\", \"noEligiblePerson\"] | None",
        "holders": "list[ListedTaskHoldersItem]",
        "flagged": "bool",
    },
)

ListedTaskHoldersItem = t.TypedDict(
    "ListedTaskHoldersItem",
    {
        "userId": "str",
        "displayName": "str",
    },
)

Matrix = t.TypedDict(
    "Matrix",
    {
        "labelAt": "str",
        "scoreAt": "str",
        "models": "list[str]",
        "repeats": "int",
        "total": "int",
        "rows": "list[MatrixRowsItem]",
    },
)

MatrixPlaces = t.TypedDict(
    "MatrixPlaces",
    {
        "count": "int",
        "total": "int",
        "bitmap": "str",
    },
)

MatrixRowsItem = t.TypedDict(
    "MatrixRowsItem",
    {
        "place": "int",
        "scenarioId": "str",
        "preview": "str",
        "cells": "dict[str, MatrixRowsItemCellsValue]",
        "taskId": "str | None",
        "people": "MatrixRowsItemPeople | None",
    },
)

MatrixRowsItemCellsValue = t.TypedDict(
    "MatrixRowsItemCellsValue",
    {
        "jobId": "str",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "label": "str | None",
        "score": "float | None",
        "repeats": "t.NotRequired[list[MatrixRowsItemCellsValueRepeatsItem]]",
    },
)

MatrixRowsItemCellsValueRepeatsItem = t.TypedDict(
    "MatrixRowsItemCellsValueRepeatsItem",
    {
        "jobId": "str",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "label": "str | None",
        "score": "float | None",
    },
)

MatrixRowsItemPeople = t.TypedDict(
    "MatrixRowsItemPeople",
    {
        "status": "t.Literal[\"open\", \"completed\", \"cancelled\"]",
        "label": "str | None",
        "answers": "int",
    },
)

Member = t.TypedDict(
    "Member",
    {
        "userId": "str",
        "displayName": "str",
        "role": "t.Literal[\"admin\", \"manager\", \"annotator\"]",
        "status": "t.Literal[\"active\", \"away\", \"suspended\"]",
        "scripted": "bool",
    },
)

ModelMetric = t.TypedDict(
    "ModelMetric",
    {
        "model": "str",
        "name": "str",
        "n": "int",
        "missing": "int",
        "value": "float | None",
        "low": "float | None",
        "high": "float | None",
    },
)

MoveJobsBody = t.TypedDict(
    "MoveJobsBody",
    {
        "action": "t.Literal[\"retry\", \"cancel\", \"priority\"]",
        "filter": "MoveJobsBodyFilter",
        "expect": "t.NotRequired[int]",
        "priority": "t.NotRequired[int]",
    },
)

MoveJobsBodyFilter = t.TypedDict(
    "MoveJobsBodyFilter",
    {
        "state": "t.NotRequired[list[t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]]]",
        "type": "t.NotRequired[str]",
        "runId": "t.NotRequired[str]",
        "model": "t.NotRequired[str]",
        "scenarioId": "t.NotRequired[str]",
        "error": "t.NotRequired[str]",
        "cause": "t.NotRequired[int]",
        "attempts": "t.NotRequired[str]",
        "from": "t.NotRequired[str]",
        "to": "t.NotRequired[str]",
        "projectId": "t.NotRequired[str]",
        "jobIds": "t.NotRequired[list[str]]",
    },
)

MySettings = t.TypedDict(
    "MySettings",
    {
        "settings": "dict[str, t.Any]",
    },
)

NothingForYou = t.TypedDict(
    "NothingForYou",
    {
        "assignment": "t.Literal[None]",
        "open": "int",
        "reasons": "dict[str, int]",
    },
)

OpenWorkerBody = t.TypedDict(
    "OpenWorkerBody",
    {
        "name": "str",
        "types": "list[str]",
        "concurrency": "int",
    },
)

OpenedWorker = t.TypedDict(
    "OpenedWorker",
    {
        "workerId": "str",
        "leaseSeconds": "float",
        "heartbeatSeconds": "float",
    },
)

Operation = t.TypedDict(
    "Operation",
    {
        "operationId": "str",
        "projectId": "str | None",
        "subject": "t.Literal[\"jobs\", \"tasks\"]",
        "action": "str",
        "filter": "t.Any",
        "options": "t.Any",
        "state": "t.Literal[\"running\", \"done\", \"stopped\"]",
        "count": "int",
        "done": "int",
        "skipped": "dict[str, int]",
        "createdBy": "str | None",
        "createdAt": "str",
        "finishedAt": "str | None",
    },
)

Outlook = t.TypedDict(
    "Outlook",
    {
        "open": "int",
        "forMe": "int",
        "reasons": "dict[str, int]",
        "missing": "list[OutlookMissingItem]",
    },
)

OutlookMissingItem = t.TypedDict(
    "OutlookMissingItem",
    {
        "anyOf": "list[str]",
        "minLevel": "int",
        "count": "int",
    },
)

PausePersonBody = t.TypedDict(
    "PausePersonBody",
    {
        "reason": "str",
    },
)

PeopleAgainstModels = t.TypedDict(
    "PeopleAgainstModels",
    {
        "agreeOn": "str | PeopleAgainstModelsAgreeOn2",
        "tasks": "TaskCountsByStatus",
        "settled": "dict[str, PeopleAgainstModelsSettledValue]",
        "byReason": "PeopleAgainstModelsByReason",
        "estimate": "PeopleAgainstModelsEstimate | PeopleAgainstModelsEstimate2",
    },
)

PeopleAgainstModelsAgreeOn2 = t.TypedDict(
    "PeopleAgainstModelsAgreeOn2",
    {
        "form": "str",
        "question": "str",
        "at": "t.NotRequired[str]",
    },
)

PeopleAgainstModelsByReason = t.TypedDict(
    "PeopleAgainstModelsByReason",
    {
        "disagreement": "dict[str, PeopleAgainstModelsSettledValue]",
        "failure": "dict[str, PeopleAgainstModelsSettledValue]",
        "score": "dict[str, PeopleAgainstModelsSettledValue]",
        "sample": "dict[str, PeopleAgainstModelsSettledValue]",
        "manual": "dict[str, PeopleAgainstModelsSettledValue]",
    },
)

PeopleAgainstModelsEstimate = t.TypedDict(
    "PeopleAgainstModelsEstimate",
    {
        "models": "dict[str, PeopleAgainstModelsSettledValue]",
        "tasksOpen": "int",
    },
)

PeopleAgainstModelsEstimate2 = t.TypedDict(
    "PeopleAgainstModelsEstimate2",
    {
        "refused": "t.Literal[\"no_sample\", \"limit_reached\"]",
    },
)

PeopleAgainstModelsSettledValue = t.TypedDict(
    "PeopleAgainstModelsSettledValue",
    {
        "agrees": "int",
        "differs": "int",
        "failed": "int",
        "undecided": "int",
        "n": "int",
        "accuracy": "float | None",
        "interval": "PeopleAgainstModelsSettledValueInterval | None",
    },
)

PeopleAgainstModelsSettledValueInterval = t.TypedDict(
    "PeopleAgainstModelsSettledValueInterval",
    {
        "low": "float",
        "high": "float",
    },
)

PersonInProject = t.TypedDict(
    "PersonInProject",
    {
        "userId": "str",
        "displayName": "str",
        "avatarUrl": "str | None",
        "role": "t.Literal[\"admin\", \"manager\", \"annotator\"]",
        "status": "t.Literal[\"active\", \"away\", \"suspended\"]",
        "scripted": "bool",
        "skills": "dict[str, int]",
        "live": "int",
        "limit": "int",
        "lastDay": "ProjectPersonLastDay",
        "quality": "list[ProjectPersonQualityItem]",
        "paused": "ProjectPersonPaused | None",
        "present": "bool",
        "lastSeenAt": "str | None",
        "holds": "list[PersonInProjectHoldsItem]",
        "recent": "list[PersonInProjectHoldsItem]",
    },
)

PersonInProjectHoldsItem = t.TypedDict(
    "PersonInProjectHoldsItem",
    {
        "assignmentId": "str",
        "taskId": "str",
        "stepId": "str",
        "stepType": "t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]",
        "status": "t.Literal[\"assigned\", \"accepted\", \"in_progress\", \"submitted\", \"rejected\", \"expired\", \"reassigned\"]",
        "attempt": "int",
        "assignedAt": "str",
        "startedAt": "str | None",
        "submittedAt": "str | None",
        "expiresAt": "str | None",
        "returnComment": "str | None",
    },
)

PersonQuality = t.TypedDict(
    "PersonQuality",
    {
        "userId": "str",
        "known": "list[PersonQualityKnownItem]",
        "accuracy": "list[PersonQualityAccuracyItem]",
        "watch": "Watch",
        "pauses": "list[PersonQualityPausesItem]",
        "controlsLeft": "int",
        "suspect": "list[PersonQualitySuspectItem]",
    },
)

PersonQualityAccuracyItem = t.TypedDict(
    "PersonQualityAccuracyItem",
    {
        "stepId": "str",
        "question": "str",
        "value": "float",
        "low": "float | None",
        "high": "float | None",
        "answers": "int",
    },
)

PersonQualityKnownItem = t.TypedDict(
    "PersonQualityKnownItem",
    {
        "stepId": "str",
        "question": "str",
        "right": "int",
        "wrong": "int",
        "answers": "list[PersonQualityKnownItemAnswersItem]",
    },
)

PersonQualityKnownItemAnswersItem = t.TypedDict(
    "PersonQualityKnownItemAnswersItem",
    {
        "known": "t.Any",
        "given": "t.Any",
        "right": "bool",
        "times": "int",
    },
)

PersonQualityPausesItem = t.TypedDict(
    "PersonQualityPausesItem",
    {
        "since": "str",
        "reason": "t.Literal[\"drift\", \"onboarding\", \"manager\"]",
        "by": "str | None",
        "words": "str | None",
        "lifted": "PersonQualityPausesItemLifted",
    },
)

PersonQualityPausesItemLifted = t.TypedDict(
    "PersonQualityPausesItemLifted",
    {
        "at": "str",
        "by": "str | None",
        "words": "str",
    },
)

PersonQualitySuspectItem = t.TypedDict(
    "PersonQualitySuspectItem",
    {
        "taskId": "str",
        "assignmentId": "str",
        "submittedAt": "str",
    },
)

PositionOf = t.TypedDict(
    "PositionOf",
    {
        "stepId": "str",
        "question": "str",
        "criterion": "str | None",
        "share": "float | None",
        "effect": "float | None",
        "low": "float | None",
        "high": "float | None",
        "reason": "str | None",
        "decisive": "int",
        "tasks": "int",
    },
)

Presence = t.TypedDict(
    "Presence",
    {
        "items": "list[PresenceItemsItem]",
    },
)

PresenceItemsItem = t.TypedDict(
    "PresenceItemsItem",
    {
        "userId": "str",
        "displayName": "str",
        "avatarUrl": "str | None",
        "lastSeenAt": "str",
    },
)

PreviewFileQuery = t.TypedDict(
    "PreviewFileQuery",
    {
        "format": "t.NotRequired[str]",
        "mapping": "t.NotRequired[str]",
    },
)

PreviewScheduleBody = t.TypedDict(
    "PreviewScheduleBody",
    {
        "when": "AddScheduleBodyWhen | AddScheduleBodyWhen2 | AddScheduleBodyWhen3",
    },
)

Price = t.TypedDict(
    "Price",
    {
        "model": "str",
        "from": "str",
        "inputMicros": "int",
        "outputMicros": "int",
        "cachedMicros": "int",
        "cacheWriteMicros": "int",
    },
)

Problem = t.TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "detail": "str",
        "code": "str",
        "requestId": "str",
        "errors": "t.NotRequired[list[ProblemErrorsItem]]",
    },
)

ProblemErrorsItem = t.TypedDict(
    "ProblemErrorsItem",
    {
        "path": "str",
        "message": "str",
        "question": "t.NotRequired[str | None]",
        "rule": "t.NotRequired[str]",
    },
)

Project = t.TypedDict(
    "Project",
    {
        "projectId": "str",
        "externalId": "str | None",
        "name": "str",
        "workflowId": "str | None",
        "assignment": "ProjectAssignment",
        "quality": "ProjectQuality | None",
        "paused": "bool",
        "version": "int",
        "createdAt": "str",
    },
)

ProjectAssignment = t.TypedDict(
    "ProjectAssignment",
    {
        "maxConcurrentPerUser": "int",
        "crossStepExclusionPairs": "list[list[str]]",
        "cooldownMinutes": "float",
        "leaseMinutes": "float",
        "defaultStrategy": "str",
        "weights": "ProjectAssignmentWeights",
        "maxReturns": "int",
        "holdMinutes": "float",
        "undoSeconds": "int",
    },
)

ProjectAssignmentWeights = t.TypedDict(
    "ProjectAssignmentWeights",
    {
        "capacity": "float",
        "performance": "float",
    },
)

ProjectPerson = t.TypedDict(
    "ProjectPerson",
    {
        "userId": "str",
        "displayName": "str",
        "avatarUrl": "str | None",
        "role": "t.Literal[\"admin\", \"manager\", \"annotator\"]",
        "status": "t.Literal[\"active\", \"away\", \"suspended\"]",
        "scripted": "bool",
        "skills": "dict[str, int]",
        "live": "int",
        "limit": "int",
        "lastDay": "ProjectPersonLastDay",
        "quality": "list[ProjectPersonQualityItem]",
        "paused": "ProjectPersonPaused | None",
        "present": "bool",
        "lastSeenAt": "str | None",
    },
)

ProjectPersonLastDay = t.TypedDict(
    "ProjectPersonLastDay",
    {
        "submitted": "int",
        "medianSeconds": "float | None",
        "returned": "int",
        "declined": "int",
    },
)

ProjectPersonPaused = t.TypedDict(
    "ProjectPersonPaused",
    {
        "since": "str",
        "reason": "t.Literal[\"drift\", \"onboarding\", \"manager\"]",
        "by": "str | None",
        "words": "str | None",
    },
)

ProjectPersonQualityItem = t.TypedDict(
    "ProjectPersonQualityItem",
    {
        "stepType": "str",
        "score": "float",
        "samples": "int",
        "low": "float | None",
        "high": "float | None",
    },
)

ProjectQuality = t.TypedDict(
    "ProjectQuality",
    {
        "controls": "t.NotRequired[ProjectQualityControls]",
        "pause": "t.NotRequired[ProjectQualityPause]",
    },
)

ProjectQualityControls = t.TypedDict(
    "ProjectQualityControls",
    {
        "stepId": "str",
        "rate": "float",
        "onboarding": "t.NotRequired[ProjectQualityControlsOnboarding]",
    },
)

ProjectQualityControlsOnboarding = t.TypedDict(
    "ProjectQualityControlsOnboarding",
    {
        "count": "int",
        "passAt": "float",
    },
)

ProjectQualityPause = t.TypedDict(
    "ProjectQualityPause",
    {
        "good": "float",
        "bad": "float",
        "alarm": "float",
        "minimum": "int",
    },
)

PutBudgetBody = t.TypedDict(
    "PutBudgetBody",
    {
        "capMicros": "int",
        "soft": "t.NotRequired[float]",
        "hard": "t.NotRequired[bool]",
        "atCap": "t.NotRequired[t.Literal[\"pause\", \"cancel\"]]",
    },
)

PutLimitBody = t.TypedDict(
    "PutLimitBody",
    {
        "concurrency": "t.NotRequired[int | None]",
        "perMinute": "t.NotRequired[float | None]",
        "burst": "t.NotRequired[int | None]",
        "unitsPerMinute": "t.NotRequired[float | None]",
        "estimate": "t.NotRequired[int | None]",
        "adaptive": "t.NotRequired[PutLimitBodyAdaptive | None]",
        "paused": "t.NotRequired[bool]",
    },
)

PutLimitBodyAdaptive = t.TypedDict(
    "PutLimitBodyAdaptive",
    {
        "min": "int",
        "start": "t.NotRequired[int]",
    },
)

PutPricesBody = t.TypedDict(
    "PutPricesBody",
    {
        "items": "list[PutPricesBodyItemsItem]",
    },
)

PutPricesBodyItemsItem = t.TypedDict(
    "PutPricesBodyItemsItem",
    {
        "model": "str",
        "from": "str",
        "inputMicros": "int",
        "outputMicros": "int",
        "cachedMicros": "t.NotRequired[int]",
        "cacheWriteMicros": "t.NotRequired[int]",
    },
)

Quality = t.TypedDict(
    "Quality",
    {
        "userId": "str",
        "projectId": "str",
        "stepType": "str",
        "score": "float",
        "samples": "float",
    },
)

QueueEntry = t.TypedDict(
    "QueueEntry",
    {
        "assignmentId": "str",
        "taskId": "str",
        "projectId": "str",
        "projectName": "str",
        "stepId": "str",
        "stepType": "t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]",
        "status": "t.Literal[\"assigned\", \"accepted\", \"in_progress\", \"submitted\", \"rejected\", \"expired\", \"reassigned\"]",
        "priority": "int | None",
        "assignedAt": "str",
        "expiresAt": "str | None",
        "timeInQueueSeconds": "float",
        "estimatedDurationMinutes": "float | None",
        "attempt": "int",
        "externalId": "str | None",
        "returnComment": "str | None",
        "submittedAt": "str | None",
        "submitsAt": "str | None",
        "hasDraft": "bool",
        "ahead": "bool",
        "task": "t.NotRequired[Task]",
    },
)

QueueItem = t.TypedDict(
    "QueueItem",
    {
        "itemId": "str",
        "type": "str",
        "runId": "str | None",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "priority": "int",
        "position": "int | None",
        "globalPosition": "int | None",
        "step": "QueueItemStep | None",
        "progress": "float",
        "attempt": "int",
        "cancelling": "bool",
        "asleep": "bool",
        "createdBy": "str | None",
        "createdAt": "str",
        "availableAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "error": "QueueItemError | None",
        "usage": "t.NotRequired[QueueItemUsage | None]",
    },
)

QueueItemError = t.TypedDict(
    "QueueItemError",
    {
        "code": "str",
        "message": "str",
        "retryable": "bool",
        "details": "t.NotRequired[QueueItemErrorDetails]",
    },
)

QueueItemErrorDetails = t.TypedDict(
    "QueueItemErrorDetails",
    {
        "jobId": "str",
        "type": "str",
    },
)

QueueItemStep = t.TypedDict(
    "QueueItemStep",
    {
        "name": "str",
        "index": "int",
        "total": "int",
    },
)

QueueItemUsage = t.TypedDict(
    "QueueItemUsage",
    {
        "units": "int",
        "costMicros": "int",
    },
)

QueueItemWithResult = t.TypedDict(
    "QueueItemWithResult",
    {
        "itemId": "str",
        "type": "str",
        "runId": "str | None",
        "state": "t.Literal[\"pending\", \"active\", \"completed\", \"failed\", \"cancelled\"]",
        "priority": "int",
        "position": "int | None",
        "globalPosition": "int | None",
        "step": "QueueItemStep | None",
        "progress": "float",
        "attempt": "int",
        "cancelling": "bool",
        "asleep": "bool",
        "createdBy": "str | None",
        "createdAt": "str",
        "availableAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "error": "QueueItemError | None",
        "usage": "t.NotRequired[QueueItemUsage | None]",
        "payload": "t.NotRequired[t.Any]",
        "result": "t.NotRequired[t.Any]",
    },
)

QueueStats = t.TypedDict(
    "QueueStats",
    {
        "totalPending": "int",
        "totalInProgress": "int",
        "byProject": "dict[str, QueueStatsByProjectValue]",
        "submitted": "t.NotRequired[int]",
        "medianSeconds": "t.NotRequired[float | None]",
    },
)

QueueStatsByProjectValue = t.TypedDict(
    "QueueStatsByProjectValue",
    {
        "projectName": "str",
        "pending": "int",
        "inProgress": "int",
    },
)

QueueStatus = t.TypedDict(
    "QueueStatus",
    {
        "projectId": "str",
        "paused": "bool",
        "counts": "QueueStatusCounts",
        "byType": "dict[str, QueueStatusCounts]",
        "items": "list[QueueItem]",
        "nextCursor": "str | None",
        "updatedAt": "str",
    },
)

QueueStatusCounts = t.TypedDict(
    "QueueStatusCounts",
    {
        "pending": "int",
        "active": "int",
        "completed": "int",
        "failed": "int",
        "cancelled": "int",
    },
)

Rates = t.TypedDict(
    "Rates",
    {
        "from": "str",
        "to": "str",
        "step": "int",
        "jobs": "list[RatesJobsItem]",
        "steps": "list[RatesStepsItem]",
    },
)

RatesJobsItem = t.TypedDict(
    "RatesJobsItem",
    {
        "type": "str",
        "at": "str",
        "settled": "int",
        "failed": "int",
        "retried": "int",
        "lost": "int",
    },
)

RatesStepsItem = t.TypedDict(
    "RatesStepsItem",
    {
        "stepId": "str",
        "stepType": "str",
        "at": "str",
        "submitted": "int",
        "returned": "int",
    },
)

ReadAggregatesQuery = t.TypedDict(
    "ReadAggregatesQuery",
    {
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
        "criterion": "t.NotRequired[str]",
        "formId": "t.NotRequired[str]",
        "method": "t.NotRequired[t.Literal[\"majority\", \"weighted\", \"oneCoin\", \"dawidSkene\", \"mace\"]]",
    },
)

ReadAgreementAnswer = t.TypedDict(
    "ReadAgreementAnswer",
    {
        "items": "list[Agreement]",
    },
)

ReadAgreementMatrixQuery = t.TypedDict(
    "ReadAgreementMatrixQuery",
    {
        "stepId": "str",
        "question": "str",
        "formId": "t.NotRequired[str]",
    },
)

ReadAgreementQuery = t.TypedDict(
    "ReadAgreementQuery",
    {
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
        "by": "t.NotRequired[t.Literal[\"overall\", \"pair\", \"skill\"]]",
        "coefficient": "t.NotRequired[t.Literal[\"percent\", \"cohen\", \"fleiss\", \"alpha\", \"f1\", \"iou\", \"tau\"]]",
        "level": "t.NotRequired[float]",
        "weights": "t.NotRequired[t.Literal[\"linear\", \"quadratic\"]]",
        "difference": "t.NotRequired[t.Literal[\"interval\", \"ratio\"]]",
    },
)

ReadRunResultsQuery = t.TypedDict(
    "ReadRunResultsQuery",
    {
        "people": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
        "usage": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
    },
)

ReadStrengthsQuery = t.TypedDict(
    "ReadStrengthsQuery",
    {
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
        "criterion": "t.NotRequired[str]",
        "formId": "t.NotRequired[str]",
        "level": "t.NotRequired[float]",
    },
)

ReassignAssignmentBody = t.TypedDict(
    "ReassignAssignmentBody",
    {
        "attempt": "t.NotRequired[int]",
        "userId": "t.NotRequired[str]",
        "reason": "str",
    },
)

RefitBody = t.TypedDict(
    "RefitBody",
    {
    },
)

RefitQuery = t.TypedDict(
    "RefitQuery",
    {
        "stepId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
        "criterion": "t.NotRequired[str]",
        "formId": "t.NotRequired[str]",
    },
)

RejectAssignmentBody = t.TypedDict(
    "RejectAssignmentBody",
    {
        "attempt": "t.NotRequired[int]",
        "code": "t.Literal[\"unclear\", \"wrong_skill\", \"conflict_of_interest\", \"broken_item\", \"other\"]",
        "comment": "t.NotRequired[str]",
    },
)

ReleaseAssignmentBody = t.TypedDict(
    "ReleaseAssignmentBody",
    {
        "attempt": "t.NotRequired[int]",
        "reason": "t.NotRequired[str]",
    },
)

ReopenWorkBody = t.TypedDict(
    "ReopenWorkBody",
    {
        "since": "t.NotRequired[str]",
    },
)

Reopened = t.TypedDict(
    "Reopened",
    {
        "taskIds": "list[str]",
    },
)

ReplayWebhookBody = t.TypedDict(
    "ReplayWebhookBody",
    {
        "after": "str",
    },
)

ReplayWebhookBody2 = t.TypedDict(
    "ReplayWebhookBody2",
    {
        "seq": "int",
    },
)

RetryQueueItemQuery = t.TypedDict(
    "RetryQueueItemQuery",
    {
        "force": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
        "fresh": "t.NotRequired[t.Literal[\"true\", \"false\"]]",
    },
)

ReturnJobsBody = t.TypedDict(
    "ReturnJobsBody",
    {
        "jobIds": "list[str]",
    },
)

Run = t.TypedDict(
    "Run",
    {
        "runId": "str",
        "projectId": "str",
        "definitionId": "str",
        "status": "t.Literal[\"pending\", \"running\", \"paused\", \"completed\", \"cancelled\"]",
        "priority": "t.Literal[\"low\", \"normal\", \"high\"]",
        "config": "RunConfig",
        "progress": "RunProgress",
        "escalation": "RunEscalation | None",
        "link": "RunLink | None",
        "waitsFor": "list[RunWaitsForItem]",
        "version": "int",
        "startedBy": "str | None",
        "createdAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
    },
)

RunConfig = t.TypedDict(
    "RunConfig",
    {
        "models": "list[str]",
        "repeats": "int",
        "samplePercentage": "float",
        "sampleSeed": "int",
        "experimentId": "str | None",
        "maxJobsPerSecond": "float | None",
        "definitionSnapshot": "Definition",
        "origin": "t.NotRequired[t.Literal[\"import\"]]",
    },
)

RunEscalation = t.TypedDict(
    "RunEscalation",
    {
        "scenarios": "int",
        "waiting": "int",
        "ready": "int",
        "escalated": "int",
        "kept": "int",
        "overLimit": "int",
        "refused": "int",
        "notDecided": "int",
        "tasks": "TaskCountsByStatus",
        "byReason": "EscalationByReason",
    },
)

RunFlow = t.TypedDict(
    "RunFlow",
    {
        "runs": "list[RunFlowRunsItem]",
        "links": "list[RunFlowLinksItem]",
        "complete": "bool",
    },
)

RunFlowLinksItem = t.TypedDict(
    "RunFlowLinksItem",
    {
        "parentId": "str",
        "runId": "str",
    },
)

RunFlowRunsItem = t.TypedDict(
    "RunFlowRunsItem",
    {
        "runId": "str",
        "name": "str",
        "status": "t.Literal[\"pending\", \"running\", \"paused\", \"completed\", \"cancelled\"]",
        "progress": "RunProgressByModelValue",
        "link": "RunLink | None",
    },
)

RunGateBody = t.TypedDict(
    "RunGateBody",
    {
        "version": "t.Literal[1]",
        "alpha": "t.NotRequired[float]",
        "baseline": "AddComparisonBodyBaseline",
        "candidate": "AddComparisonBodyBaseline",
        "metrics": "list[AddComparisonBodyMetricsItem]",
        "clusterBy": "t.NotRequired[str]",
        "seed": "t.NotRequired[int]",
        "rules": "list[RunGateBodyRulesItem]",
    },
)

RunGateBodyRulesItem = t.TypedDict(
    "RunGateBodyRulesItem",
    {
        "metric": "str",
        "tier": "t.Literal[\"critical\", \"supporting\", \"advisory\"]",
        "maxDrop": "t.NotRequired[float]",
        "minValue": "t.NotRequired[float]",
        "slice": "t.NotRequired[RunGateBodyRulesItemSlice]",
        "minPairs": "t.NotRequired[int]",
        "calibrationId": "t.NotRequired[str]",
    },
)

RunGateBodyRulesItemSlice = t.TypedDict(
    "RunGateBodyRulesItemSlice",
    {
        "at": "str",
        "is": "t.Any",
    },
)

RunLink = t.TypedDict(
    "RunLink",
    {
        "parentId": "str",
        "when": "t.Literal[\"completed\", \"ended\", \"peopleDone\"]",
        "state": "t.Literal[\"waiting\", \"making\", \"made\", \"ended\"]",
        "made": "int",
        "refused": "int",
        "reason": "t.Literal[\"nothingToDo\", \"parentCancelled\", \"refused\", \"cancelled\"] | None",
        "stale": "bool",
    },
)

RunPreview = t.TypedDict(
    "RunPreview",
    {
        "scenarios": "int",
        "jobs": "int",
    },
)

RunProgress = t.TypedDict(
    "RunProgress",
    {
        "runId": "str",
        "status": "t.Literal[\"pending\", \"running\", \"paused\", \"completed\", \"cancelled\"]",
        "total": "int",
        "completed": "int",
        "failed": "int",
        "cancelled": "int",
        "percentComplete": "float",
        "byModel": "dict[str, RunProgressByModelValue]",
        "ratePerSecond": "float",
        "etaSeconds": "float | None",
        "durations": "list[RunProgressDurationsItem]",
    },
)

RunProgressByModelValue = t.TypedDict(
    "RunProgressByModelValue",
    {
        "total": "int",
        "completed": "int",
        "failed": "int",
        "cancelled": "int",
    },
)

RunProgressDurationsItem = t.TypedDict(
    "RunProgressDurationsItem",
    {
        "model": "str",
        "jobs": "int",
        "p50Seconds": "float",
        "p95Seconds": "float",
    },
)

RunRates = t.TypedDict(
    "RunRates",
    {
        "from": "str",
        "to": "str",
        "step": "int",
        "jobs": "list[RunRatesJobsItem]",
    },
)

RunRatesJobsItem = t.TypedDict(
    "RunRatesJobsItem",
    {
        "at": "str",
        "settled": "int",
        "failed": "int",
    },
)

RunWaitsForItem = t.TypedDict(
    "RunWaitsForItem",
    {
        "kind": "t.Literal[\"run\", \"paused\", \"coolDown\", \"concurrency\", \"perMinute\", \"unitsPerMinute\", \"budget\"]",
        "by": "t.NotRequired[t.Literal[\"limit\"]]",
        "key": "str | None",
        "runId": "t.NotRequired[str]",
        "used": "t.NotRequired[float | None]",
        "of": "t.NotRequired[float | None]",
        "opensAt": "t.NotRequired[str | None]",
    },
)

RunWithUsage = t.TypedDict(
    "RunWithUsage",
    {
        "runId": "str",
        "projectId": "str",
        "definitionId": "str",
        "status": "t.Literal[\"pending\", \"running\", \"paused\", \"completed\", \"cancelled\"]",
        "priority": "t.Literal[\"low\", \"normal\", \"high\"]",
        "config": "RunConfig",
        "progress": "RunProgress",
        "escalation": "RunEscalation | None",
        "link": "RunWithUsageLink | None",
        "waitsFor": "list[RunWaitsForItem]",
        "version": "int",
        "startedBy": "str | None",
        "createdAt": "str",
        "startedAt": "str | None",
        "finishedAt": "str | None",
        "usage": "t.NotRequired[RunWithUsageUsage]",
    },
)

RunWithUsageLink = t.TypedDict(
    "RunWithUsageLink",
    {
        "parentId": "str",
        "when": "t.Literal[\"completed\", \"ended\", \"peopleDone\"]",
        "state": "t.Literal[\"waiting\", \"making\", \"made\", \"ended\"]",
        "made": "int",
        "refused": "int",
        "reason": "t.Literal[\"nothingToDo\", \"parentCancelled\", \"refused\", \"cancelled\"] | None",
        "stale": "bool",
        "refusals": "t.NotRequired[list[RunWithUsageLinkRefusalsItem]]",
        "message": "t.NotRequired[str | None]",
    },
)

RunWithUsageLinkRefusalsItem = t.TypedDict(
    "RunWithUsageLinkRefusalsItem",
    {
        "path": "str",
        "message": "str",
        "count": "int",
        "scenarioId": "str",
    },
)

RunWithUsageUsage = t.TypedDict(
    "RunWithUsageUsage",
    {
        "calls": "int",
        "input": "int",
        "output": "int",
        "cached": "int",
        "cacheWrite": "int",
        "reasoning": "int",
        "costMicros": "int",
        "unpriced": "int",
        "byModel": "dict[str, UsageViewTotal]",
    },
)

SaveDraftBody = t.TypedDict(
    "SaveDraftBody",
    {
        "attempt": "t.NotRequired[int]",
        "draftVersion": "t.NotRequired[int]",
        "answers": "t.Any",
        "comment": "t.NotRequired[str]",
    },
)

SavedDraft = t.TypedDict(
    "SavedDraft",
    {
        "draftVersion": "int",
        "savedAt": "str",
        "open": "list[SavedDraftOpenItem]",
    },
)

SavedDraftOpenItem = t.TypedDict(
    "SavedDraftOpenItem",
    {
        "question": "str | None",
        "rule": "str",
    },
)

Scenario = t.TypedDict(
    "Scenario",
    {
        "scenarioId": "str",
        "payload": "t.Any",
    },
)

ScenarioEscalation = t.TypedDict(
    "ScenarioEscalation",
    {
        "scenarioId": "str",
        "state": "t.Literal[\"waiting\", \"ready\", \"escalated\", \"kept\", \"overLimit\", \"refused\", \"notDecided\"]",
        "byHand": "bool",
        "reasons": "list[t.Literal[\"disagreement\", \"failure\", \"score\", \"sample\", \"manual\"]]",
        "probability": "float | None",
        "order": "list[int] | None",
        "issues": "list[ScenarioEscalationIssuesItem] | None",
        "taskId": "str | None",
        "outcome": "t.Any",
        "taskStatus": "t.Literal[\"open\", \"completed\", \"cancelled\"] | None",
        "decidedAt": "str | None",
    },
)

ScenarioEscalationIssuesItem = t.TypedDict(
    "ScenarioEscalationIssuesItem",
    {
        "path": "str",
        "message": "str",
    },
)

Schedule = t.TypedDict(
    "Schedule",
    {
        "scheduleId": "str",
        "projectId": "str",
        "name": "str",
        "when": "ScheduleWhen | ScheduleWhen2 | ScheduleWhen3",
        "says": "str",
        "start": "t.Any",
        "missed": "t.Literal[\"skip\", \"one\", \"all\"]",
        "maxCatchUp": "int",
        "graceSeconds": "int",
        "overlap": "t.Literal[\"allow\", \"skip\", \"cancel\"]",
        "jitterSeconds": "int",
        "startsAt": "str | None",
        "endsAt": "str | None",
        "paused": "bool",
        "version": "int",
        "nextAt": "str | None",
        "lastTick": "Tick | None",
        "zoneData": "str | None",
        "createdBy": "str | None",
        "createdAt": "str",
    },
)

ScheduleWhen = t.TypedDict(
    "ScheduleWhen",
    {
        "cron": "str",
        "zone": "str",
    },
)

ScheduleWhen2 = t.TypedDict(
    "ScheduleWhen2",
    {
        "everySeconds": "int",
        "anchor": "str",
    },
)

ScheduleWhen3 = t.TypedDict(
    "ScheduleWhen3",
    {
        "at": "str",
    },
)

Session = t.TypedDict(
    "Session",
    {
        "userId": "str",
        "role": "t.Literal[\"admin\", \"manager\", \"annotator\"]",
        "displayName": "str | None",
        "status": "t.Literal[\"active\", \"away\", \"suspended\"] | None",
        "memberships": "list[SessionMembershipsItem]",
        "expiresAt": "str",
        "serverTime": "str",
        "version": "str",
    },
)

SessionMembershipsItem = t.TypedDict(
    "SessionMembershipsItem",
    {
        "projectId": "str",
        "name": "str",
    },
)

SetQualityBody = t.TypedDict(
    "SetQualityBody",
    {
        "projectId": "str",
        "stepType": "t.Literal[\"annotation\", \"review\", \"adjudication\"]",
        "score": "float",
        "samples": "int",
    },
)

SetQueueItemPriorityBody = t.TypedDict(
    "SetQueueItemPriorityBody",
    {
        "priority": "int",
    },
)

SettleJobsBody = t.TypedDict(
    "SettleJobsBody",
    {
        "report": "t.NotRequired[int]",
        "outcomes": "list[SettleJobsBodyOutcomesItem]",
    },
)

SettleJobsBodyOutcomesItem = t.TypedDict(
    "SettleJobsBodyOutcomesItem",
    {
        "jobId": "str",
        "attempt": "int",
        "startedAt": "str",
        "result": "t.NotRequired[t.Any]",
        "error": "t.NotRequired[SettleJobsBodyOutcomesItemError]",
        "ask": "t.NotRequired[dict[str, t.Any]]",
        "keep": "t.NotRequired[dict[str, t.Any]]",
        "usage": "t.NotRequired[HeartbeatWorkerBodyJobsItemUsage | list[HeartbeatWorkerBodyJobsItemUsage]]",
    },
)

SettleJobsBodyOutcomesItemError = t.TypedDict(
    "SettleJobsBodyOutcomesItemError",
    {
        "code": "str",
        "message": "str",
        "retryable": "t.NotRequired[bool]",
        "retryAfterSeconds": "t.NotRequired[float]",
        "key": "t.NotRequired[str]",
    },
)

SettledOutcomes = t.TypedDict(
    "SettledOutcomes",
    {
        "outcomes": "list[SettledOutcomesOutcomesItem]",
    },
)

SettledOutcomesOutcomesItem = t.TypedDict(
    "SettledOutcomesOutcomesItem",
    {
        "jobId": "str",
        "status": "t.Literal[\"recorded\", \"repeated\", \"lost\", \"refused\"]",
        "errors": "t.NotRequired[list[ProblemErrorsItem]]",
    },
)

StartCalibrationBody = t.TypedDict(
    "StartCalibrationBody",
    {
        "runId": "str",
        "models": "t.NotRequired[list[str]]",
        "judge": "AddComparisonBodyMetricsItemScore | AddComparisonBodyMetricsItemScore2 | AddComparisonBodyMetricsItemScore3 | AddComparisonBodyMetricsItemScore4 | AddComparisonBodyMetricsItemScore5 | AddComparisonBodyMetricsItemScore6 | AddComparisonBodyMetricsItemScore7",
        "range": "list[float]",
        "truth": "StartCalibrationBodyTruth",
        "kind": "t.NotRequired[t.Literal[\"share\", \"mean\"]]",
        "design": "t.NotRequired[t.Literal[\"uniform\", \"stratified\", \"active\"]]",
        "budget": "int",
        "seed": "t.NotRequired[int]",
        "target": "t.NotRequired[t.Literal[\"scenarios\", \"run\"]]",
        "strata": "t.NotRequired[StartCalibrationBodyStrata]",
        "floor": "t.NotRequired[float]",
        "clusterBy": "t.NotRequired[str]",
        "anytime": "t.NotRequired[bool]",
        "taskPayload": "t.NotRequired[dict[str, str]]",
    },
)

StartCalibrationBodyStrata = t.TypedDict(
    "StartCalibrationBodyStrata",
    {
        "at": "t.NotRequired[str]",
        "allocate": "t.NotRequired[t.Literal[\"neyman\", \"proportional\"]]",
    },
)

StartCalibrationBodyTruth = t.TypedDict(
    "StartCalibrationBodyTruth",
    {
        "projectId": "str",
        "question": "str",
        "map": "t.NotRequired[dict[str, float]]",
    },
)

StartExportBody = t.TypedDict(
    "StartExportBody",
    {
        "what": "t.Literal[\"run\"]",
        "format": "str",
        "runIds": "list[str]",
        "people": "t.NotRequired[t.Literal[\"none\", \"pseudonym\", \"id\"]]",
        "gzip": "t.NotRequired[bool]",
        "fields": "t.NotRequired[list[str]]",
        "delimiter": "t.NotRequired[t.Literal[\",\", \";\", \"|\", \"\\t\"]]",
        "csvSafe": "t.NotRequired[bool]",
    },
)

StartExportBody2 = t.TypedDict(
    "StartExportBody2",
    {
        "what": "t.Literal[\"tasks\"]",
        "format": "str",
        "formId": "t.NotRequired[str]",
        "question": "t.NotRequired[str]",
        "promptAt": "t.NotRequired[str]",
        "people": "t.NotRequired[t.Literal[\"none\", \"pseudonym\", \"id\"]]",
        "gzip": "t.NotRequired[bool]",
        "fields": "t.NotRequired[list[str]]",
        "delimiter": "t.NotRequired[t.Literal[\",\", \";\", \"|\", \"\\t\"]]",
        "csvSafe": "t.NotRequired[bool]",
    },
)

StartExportBody3 = t.TypedDict(
    "StartExportBody3",
    {
        "what": "t.Literal[\"definition\"]",
        "format": "str",
        "definitionId": "str",
        "people": "t.NotRequired[t.Literal[\"none\", \"pseudonym\", \"id\"]]",
        "gzip": "t.NotRequired[bool]",
        "fields": "t.NotRequired[list[str]]",
        "delimiter": "t.NotRequired[t.Literal[\",\", \";\", \"|\", \"\\t\"]]",
        "csvSafe": "t.NotRequired[bool]",
    },
)

StartExportQuery = t.TypedDict(
    "StartExportQuery",
    {
        "wait": "t.NotRequired[float]",
    },
)

StartRunBody = t.TypedDict(
    "StartRunBody",
    {
        "definitionId": "t.NotRequired[str]",
        "jobType": "t.NotRequired[str]",
        "after": "t.NotRequired[StartRunBodyAfter]",
        "models": "list[str]",
        "repeats": "t.NotRequired[int]",
        "samplePercentage": "t.NotRequired[float]",
        "sampleSeed": "t.NotRequired[int]",
        "priority": "t.NotRequired[t.Literal[\"low\", \"normal\", \"high\"]]",
        "experimentId": "t.NotRequired[str | None]",
        "maxJobsPerSecond": "t.NotRequired[float | None]",
        "escalation": "t.NotRequired[StartRunBodyEscalation]",
        "budgetMicros": "t.NotRequired[int]",
    },
)

StartRunBodyAfter = t.TypedDict(
    "StartRunBodyAfter",
    {
        "runId": "str",
        "when": "t.Literal[\"completed\", \"ended\", \"peopleDone\"]",
        "from": "t.NotRequired[StartRunBodyAfterFrom]",
    },
)

StartRunBodyAfterFrom = t.TypedDict(
    "StartRunBodyAfterFrom",
    {
        "per": "t.Literal[\"scenario\", \"result\"]",
        "where": "t.NotRequired[StartRunBodyAfterFromWhere]",
        "scenarioId": "t.NotRequired[t.Any]",
        "payload": "t.Any",
        "revealModels": "t.NotRequired[bool]",
    },
)

StartRunBodyAfterFromWhere = t.TypedDict(
    "StartRunBodyAfterFromWhere",
    {
        "state": "t.NotRequired[list[t.Literal[\"completed\", \"failed\", \"cancelled\"]]]",
        "model": "t.NotRequired[list[str]]",
        "escalated": "t.NotRequired[bool]",
    },
)

StartRunBodyEscalation = t.TypedDict(
    "StartRunBodyEscalation",
    {
        "when": "list[StartRunBodyEscalationWhenItem | StartRunBodyEscalationWhenItem2 | StartRunBodyEscalationWhenItem3 | EscalationPolicyWhenItem4 | EscalationPolicyWhenItem42]",
        "task": "EscalationPolicyTask",
        "limit": "t.NotRequired[int]",
        "revealModels": "t.NotRequired[bool]",
    },
)

StartRunBodyEscalationWhenItem = t.TypedDict(
    "StartRunBodyEscalationWhenItem",
    {
        "type": "t.Literal[\"disagreement\"]",
        "agreeOn": "str | EscalationPolicyWhenItemAgreeOn2",
        "minModels": "t.NotRequired[int]",
        "absent": "t.NotRequired[t.Literal[\"differs\", \"ignored\"]]",
    },
)

StartRunBodyEscalationWhenItem2 = t.TypedDict(
    "StartRunBodyEscalationWhenItem2",
    {
        "type": "t.Literal[\"failure\"]",
        "of": "t.NotRequired[t.Literal[\"any\", \"all\"]]",
    },
)

StartRunBodyEscalationWhenItem3 = t.TypedDict(
    "StartRunBodyEscalationWhenItem3",
    {
        "type": "t.Literal[\"score\"]",
        "at": "str",
        "below": "float",
        "of": "t.NotRequired[t.Literal[\"any\", \"all\", \"mean\"]]",
    },
)

StepTotals = t.TypedDict(
    "StepTotals",
    {
        "tasks": "TaskCountsByStatus | None",
        "steps": "list[StepTotalsStepsItem]",
    },
)

StepTotalsStepsItem = t.TypedDict(
    "StepTotalsStepsItem",
    {
        "stepId": "str",
        "stepType": "t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"] | None",
        "open": "int | None",
        "stay": "StepTotalsStepsItemStay | None",
    },
)

StepTotalsStepsItemStay = t.TypedDict(
    "StepTotalsStepsItemStay",
    {
        "times": "int",
        "p50Ms": "float",
        "p90Ms": "float",
    },
)

Strengths = t.TypedDict(
    "Strengths",
    {
        "formId": "str",
        "stepId": "str",
        "question": "str",
        "criterion": "str | None",
        "models": "list[StrengthsModelsItem]",
        "chances": "list[list[float]]",
        "nu": "float",
        "level": "float",
        "games": "int",
        "bothBad": "int",
        "converged": "bool",
    },
)

StrengthsModelsItem = t.TypedDict(
    "StrengthsModelsItem",
    {
        "model": "str",
        "strength": "float",
        "se": "float | None",
        "low": "float | None",
        "high": "float | None",
        "wins": "float",
        "losses": "float",
        "ties": "float",
    },
)

SubmitAssignmentBody = t.TypedDict(
    "SubmitAssignmentBody",
    {
        "attempt": "t.NotRequired[int]",
        "result": "t.Any",
        "comment": "t.NotRequired[str]",
        "undoSeconds": "t.NotRequired[int]",
        "next": "t.NotRequired[SubmitAssignmentBodyNext]",
    },
)

SubmitAssignmentBodyNext = t.TypedDict(
    "SubmitAssignmentBodyNext",
    {
        "projectId": "t.NotRequired[str]",
        "stepType": "t.NotRequired[t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]]",
    },
)

SubmittedWithNext = t.TypedDict(
    "SubmittedWithNext",
    {
        "assignment": "Assignment",
        "next": "Claimed | NothingForYou",
    },
)

SystemProcesses = t.TypedDict(
    "SystemProcesses",
    {
        "workers": "list[SystemProcessesWorkersItem]",
        "processes": "t.NotRequired[list[SystemProcessesProcessesItem]]",
        "durations": "t.NotRequired[list[SystemProcessesDurationsItem]]",
    },
)

SystemProcessesDurationsItem = t.TypedDict(
    "SystemProcessesDurationsItem",
    {
        "type": "str",
        "ended": "int",
        "p50Ms": "float",
        "p95Ms": "float",
    },
)

SystemProcessesProcessesItem = t.TypedDict(
    "SystemProcessesProcessesItem",
    {
        "processId": "str",
        "roles": "list[t.Literal[\"api\", \"worker\", \"scheduler\"]]",
        "host": "str",
        "pid": "int",
        "version": "str",
        "since": "str",
        "seenAt": "str",
        "silentSince": "str | None",
        "slots": "int",
        "active": "int",
        "types": "list[SystemProcessesProcessesItemTypesItem]",
        "lagP99Ms": "float | None",
    },
)

SystemProcessesProcessesItemTypesItem = t.TypedDict(
    "SystemProcessesProcessesItemTypesItem",
    {
        "type": "str",
        "slots": "int",
        "active": "int",
    },
)

SystemProcessesWorkersItem = t.TypedDict(
    "SystemProcessesWorkersItem",
    {
        "type": "str",
        "workers": "int",
    },
)

SystemQueue = t.TypedDict(
    "SystemQueue",
    {
        "paused": "bool",
        "counts": "QueueStatusCounts",
        "types": "list[SystemQueueTypesItem]",
    },
)

SystemQueueTypesItem = t.TypedDict(
    "SystemQueueTypesItem",
    {
        "type": "str",
        "pending": "int",
        "active": "int",
        "completed": "int",
        "failed": "int",
        "cancelled": "int",
    },
)

SystemSetup = t.TypedDict(
    "SystemSetup",
    {
        "version": "str",
        "checks": "dict[str, t.Literal[\"ok\", \"unavailable\"]]",
        "database": "SystemSetupDatabase | None",
        "keepEventsHours": "float",
        "keepDraftsDays": "float",
        "issuers": "list[str]",
        "requestsPerMinute": "int",
    },
)

SystemSetupDatabase = t.TypedDict(
    "SystemSetupDatabase",
    {
        "server": "str",
        "migrations": "int",
        "latestMigration": "str",
    },
)

TakeBackSubmissionQuery = t.TypedDict(
    "TakeBackSubmissionQuery",
    {
        "attempt": "t.NotRequired[int]",
    },
)

Task = t.TypedDict(
    "Task",
    {
        "taskId": "str",
        "projectId": "str",
        "workflowId": "str",
        "status": "t.Literal[\"open\", \"completed\", \"cancelled\"] | None",
        "currentStepId": "str | None",
        "priority": "int | None",
        "payload": "t.Any",
        "requiredSkills": "list[WorkflowStepsItemRequiredSkillsItem] | None",
        "gold": "t.NotRequired[t.Any]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
        "formId": "str | None",
        "version": "int | None",
        "cooldownUntil": "str | None",
        "externalId": "str | None",
        "createdAt": "str | None",
        "completedAt": "str | None",
    },
)

TaskCounts = t.TypedDict(
    "TaskCounts",
    {
        "byStatus": "TaskCountsByStatus",
        "byStep": "dict[str, int]",
        "byState": "TaskCountsByState",
        "byReason": "dict[str, int]",
        "judged": "int",
        "complete": "bool",
    },
)

TaskCountsByState = t.TypedDict(
    "TaskCountsByState",
    {
        "free": "int",
        "held": "int",
        "resting": "int",
        "nobody": "int",
    },
)

TaskCountsByStatus = t.TypedDict(
    "TaskCountsByStatus",
    {
        "open": "int",
        "completed": "int",
        "cancelled": "int",
    },
)

TaskDecision = t.TypedDict(
    "TaskDecision",
    {
        "decisionId": "str",
        "how": "t.Literal[\"pull\", \"push\", \"batch\", \"reassign\", \"restored\"]",
        "decidedAt": "str",
        "stepId": "str",
        "assignmentId": "str | None",
        "attempt": "int | None",
        "chosen": "str | None",
        "strategy": "str | None",
        "before": "int | None",
        "candidates": "list[TaskDecisionCandidatesItem]",
        "replayed": "bool | None",
    },
)

TaskDecisionCandidatesItem = t.TypedDict(
    "TaskDecisionCandidatesItem",
    {
        "userId": "str",
        "eligible": "bool",
        "reasons": "list[DecisionCandidatesItemReasonsItem]",
        "score": "float | None",
        "parts": "dict[str, float]",
    },
)

TaskMove = t.TypedDict(
    "TaskMove",
    {
        "taskId": "str",
        "at": "str",
        "kind": "t.Literal[\"assignment\", \"status\", \"step\", \"priority\", \"skills\"]",
        "assignmentId": "str | None",
        "stepId": "str | None",
        "userId": "str | None",
        "attempt": "int | None",
        "from": "str | None",
        "to": "str | None",
        "by": "str | None",
        "how": "t.Literal[\"pull\", \"push\", \"batch\", \"reassign\", \"restored\"] | None",
        "reason": "str | None",
        "decisionId": "str | None",
    },
)

TaskView = t.TypedDict(
    "TaskView",
    {
        "taskId": "str",
        "projectId": "str",
        "workflowId": "str",
        "status": "t.Literal[\"open\", \"completed\", \"cancelled\"] | None",
        "currentStepId": "str | None",
        "priority": "int | None",
        "payload": "t.Any",
        "requiredSkills": "list[WorkflowStepsItemRequiredSkillsItem] | None",
        "gold": "t.NotRequired[t.Any]",
        "purpose": "t.NotRequired[t.Literal[\"work\", \"control\"]]",
        "formId": "str | None",
        "version": "int | None",
        "cooldownUntil": "str | None",
        "externalId": "str | None",
        "createdAt": "str | None",
        "completedAt": "str | None",
        "steps": "list[WorkflowStepsItem]",
        "assignments": "list[Assignment]",
        "overlap": "t.NotRequired[list[TaskViewOverlapItem]]",
        "ask": "t.NotRequired[TaskViewAsk]",
        "show": "t.NotRequired[list[FormTemplateShowItem]]",
    },
)

TaskViewAsk = t.TypedDict(
    "TaskViewAsk",
    {
        "jobId": "str",
        "name": "str",
    },
)

TaskViewOverlapItem = t.TypedDict(
    "TaskViewOverlapItem",
    {
        "stepId": "str",
        "slots": "int",
        "min": "int",
        "max": "int",
        "until": "list[TaskViewOverlapItemUntilItem]",
        "posterior": "dict[str, dict[str, float]] | None",
    },
)

TaskViewOverlapItemUntilItem = t.TypedDict(
    "TaskViewOverlapItemUntilItem",
    {
        "question": "str",
        "posterior": "t.NotRequired[float]",
        "agreeing": "t.NotRequired[int]",
        "holds": "bool | None",
    },
)

Tick = t.TypedDict(
    "Tick",
    {
        "plannedAt": "str",
        "again": "int",
        "firedAt": "str",
        "outcome": "t.Literal[\"started\", \"overlapped\", \"missed\", \"refused\"]",
        "jobId": "str | None",
        "runId": "str | None",
        "error": "TickError | None",
        "count": "int",
        "until": "str | None",
    },
)

TickError = t.TypedDict(
    "TickError",
    {
        "code": "str",
        "message": "str",
    },
)

UpcomingTick = t.TypedDict(
    "UpcomingTick",
    {
        "at": "str",
        "local": "str",
        "offset": "str",
        "note": "t.Literal[\"moved\", \"repeated\"] | None",
    },
)

UsageView = t.TypedDict(
    "UsageView",
    {
        "by": "t.Literal[\"run\", \"model\", \"project\", \"day\"]",
        "total": "UsageViewTotal",
        "items": "list[UsageViewItemsItem]",
        "more": "bool",
    },
)

UsageViewItemsItem = t.TypedDict(
    "UsageViewItemsItem",
    {
        "runId": "t.NotRequired[str | None]",
        "model": "t.NotRequired[str]",
        "projectId": "t.NotRequired[str]",
        "day": "t.NotRequired[str]",
        "calls": "int",
        "input": "int",
        "output": "int",
        "cached": "int",
        "cacheWrite": "int",
        "reasoning": "int",
        "costMicros": "int",
        "unpriced": "int",
    },
)

UsageViewTotal = t.TypedDict(
    "UsageViewTotal",
    {
        "calls": "int",
        "input": "int",
        "output": "int",
        "cached": "int",
        "cacheWrite": "int",
        "reasoning": "int",
        "costMicros": "int",
        "unpriced": "int",
    },
)

User = t.TypedDict(
    "User",
    {
        "userId": "str",
        "externalId": "str | None",
        "displayName": "str",
        "avatarUrl": "str | None",
        "status": "t.Literal[\"active\", \"away\", \"suspended\"]",
        "role": "t.Literal[\"admin\", \"manager\", \"annotator\"]",
        "skills": "dict[str, int]",
        "maxConcurrentAssignments": "int | None",
        "scripted": "bool",
        "imported": "bool",
        "version": "int",
        "createdAt": "str",
    },
)

Watch = t.TypedDict(
    "Watch",
    {
        "judged": "int",
        "right": "int",
        "controls": "int",
        "controlsRight": "int",
        "sum": "int",
        "cleanSince": "str | None",
        "suspectSince": "str | None",
        "paused": "ProjectPersonPaused | None",
    },
)

Webhook = t.TypedDict(
    "Webhook",
    {
        "webhookId": "str",
        "projectId": "str | None",
        "url": "str",
        "types": "list[str] | None",
        "description": "str",
        "disabled": "t.Literal[\"gone\", \"exhausted\", \"byHand\"] | None",
        "failures": "int",
        "nextAt": "str | None",
        "version": "int",
        "createdBy": "str | None",
        "createdAt": "str",
    },
)

WebhookWithSecret = t.TypedDict(
    "WebhookWithSecret",
    {
        "webhook": "Webhook",
        "secret": "str",
    },
)

WhenPreview = t.TypedDict(
    "WhenPreview",
    {
        "says": "str",
        "items": "list[UpcomingTick]",
    },
)

Workflow = t.TypedDict(
    "Workflow",
    {
        "workflowId": "str",
        "name": "str",
        "steps": "list[WorkflowStepsItem]",
        "version": "int",
        "createdAt": "str",
    },
)

WorkflowStepsItem = t.TypedDict(
    "WorkflowStepsItem",
    {
        "stepId": "str",
        "stepType": "t.Literal[\"annotation\", \"review\", \"adjudication\", \"automatic\"]",
        "requiredSkills": "list[WorkflowStepsItemRequiredSkillsItem]",
        "assignmentsRequired": "int | WorkflowStepsItemAssignmentsRequired2",
        "excludes": "list[str]",
        "strategy": "str | None",
        "leaseMinutes": "float | None",
        "cooldownMinutes": "float | None",
        "estimatedDurationMinutes": "float | None",
        "when": "t.Literal[\"always\", \"disagreement\", \"rejectedByReview\"]",
        "agreeOn": "str | None",
        "formId": "str | None",
        "jobType": "str | None",
    },
)

WorkflowStepsItemAssignmentsRequired2 = t.TypedDict(
    "WorkflowStepsItemAssignmentsRequired2",
    {
        "min": "int",
        "max": "int",
        "until": "list[WorkflowStepsItemAssignmentsRequired2UntilItem | WorkflowStepsItemAssignmentsRequired2UntilItem2]",
        "giveUpAfterMinutes": "t.NotRequired[float]",
    },
)

WorkflowStepsItemAssignmentsRequired2UntilItem = t.TypedDict(
    "WorkflowStepsItemAssignmentsRequired2UntilItem",
    {
        "question": "str",
        "posterior": "float",
    },
)

WorkflowStepsItemAssignmentsRequired2UntilItem2 = t.TypedDict(
    "WorkflowStepsItemAssignmentsRequired2UntilItem2",
    {
        "question": "str",
        "agreeing": "int",
    },
)

WorkflowStepsItemRequiredSkillsItem = t.TypedDict(
    "WorkflowStepsItemRequiredSkillsItem",
    {
        "anyOf": "list[str]",
        "minLevel": "int",
        "dropAfterMinutes": "float | None",
    },
)

WsTicket = t.TypedDict(
    "WsTicket",
    {
        "ticket": "str",
        "expiresAt": "str",
    },
)
