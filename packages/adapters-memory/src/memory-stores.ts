import type { Stores } from '@muster/core/ports'
import { MemoryArrivalStore } from './jobs/memory-arrival-store.ts'
import { MemoryAskStore } from './jobs/memory-ask-store.ts'
import { MemoryDefinitionStore } from './jobs/memory-definition-store.ts'
import { MemoryEscalationStore } from './jobs/memory-escalation-store.ts'
import { MemoryFlowStore } from './jobs/memory-flow-store.ts'
import { MemoryJobSearchStore } from './jobs/memory-job-search-store.ts'
import { MemoryJobStore } from './jobs/memory-job-store.ts'
import { MemoryLimitStore } from './jobs/memory-limit-store.ts'
import { MemoryMatrixStore } from './jobs/memory-matrix-store.ts'
import { MemoryProcessStore } from './jobs/memory-process-store.ts'
import { MemoryRemoteWorkerStore } from './jobs/memory-remote-worker-store.ts'
import { MemoryRunLinkStore } from './jobs/memory-run-link-store.ts'
import { MemoryRunStore } from './jobs/memory-run-store.ts'
import { MemoryUniqueStore } from './jobs/memory-unique-store.ts'
import { MemoryWorkerStore } from './jobs/memory-worker-store.ts'
import { MemoryBudgetStore } from './memory-budget-store.ts'
import { MemoryCalibrationStore } from './memory-calibration-store.ts'
import { MemoryComparisonStore } from './memory-comparison-store.ts'
import { MemoryEventStore } from './memory-event-store.ts'
import { MemoryExportStore } from './memory-export-store.ts'
import { MemoryIdempotencyStore } from './memory-idempotency-store.ts'
import { MemoryImportStore } from './memory-import-store.ts'
import { MemoryOperationStore } from './memory-operation-store.ts'
import { MemoryPeopleStore } from './memory-people-store.ts'
import { MemoryProjectStore } from './memory-project-store.ts'
import { MemoryQualityStore } from './memory-quality-store.ts'
import { MemoryRateStore } from './memory-rate-store.ts'
import { MemoryScheduleStore } from './memory-schedule-store.ts'
import { MemorySettingsStore } from './memory-settings-store.ts'
import { MemoryUsageStore } from './memory-usage-store.ts'
import { MemoryWebhookStore } from './memory-webhook-store.ts'
import type { MemoryContext } from './tables/tables.ts'
import { MemoryClaimStore } from './tasks/memory-claim-store.ts'
import { MemoryDecisionStore } from './tasks/memory-decision-store.ts'
import { MemoryFitStore } from './tasks/memory-fit-store.ts'
import { MemoryFormStore } from './tasks/memory-form-store.ts'
import { MemoryInboxStore } from './tasks/memory-inbox-store.ts'
import { MemoryOverviewStore } from './tasks/memory-overview-store.ts'
import { MemoryTaskStore } from './tasks/memory-task-store.ts'
import { MemoryWorkflowStore } from './tasks/memory-workflow-store.ts'

/** Every store, on the same tables. */
export function memoryStores(context: MemoryContext): Stores {
  const jobs = new MemoryJobStore(context)
  return {
    people: new MemoryPeopleStore(context),
    projects: new MemoryProjectStore(context),
    settings: new MemorySettingsStore(context),
    forms: new MemoryFormStore(context),
    workflows: new MemoryWorkflowStore(context),
    tasks: new MemoryTaskStore(context, jobs),
    claims: new MemoryClaimStore(context),
    decisions: new MemoryDecisionStore(context),
    inboxes: new MemoryInboxStore(context),
    overviews: new MemoryOverviewStore(context),
    fits: new MemoryFitStore(context),
    definitions: new MemoryDefinitionStore(context),
    runs: new MemoryRunStore(context),
    runLinks: new MemoryRunLinkStore(context),
    jobs,
    jobSearch: new MemoryJobSearchStore(context),
    uniques: new MemoryUniqueStore(context),
    arrivals: new MemoryArrivalStore(context),
    asks: new MemoryAskStore(context),
    flows: new MemoryFlowStore(context),
    workers: new MemoryWorkerStore(context),
    remoteWorkers: new MemoryRemoteWorkerStore(context),
    limits: new MemoryLimitStore(context),
    processes: new MemoryProcessStore(context),
    escalations: new MemoryEscalationStore(context),
    quality: new MemoryQualityStore(context),
    operations: new MemoryOperationStore(context),
    rates: new MemoryRateStore(context),
    usage: new MemoryUsageStore(context),
    budgets: new MemoryBudgetStore(context),
    matrices: new MemoryMatrixStore(context),
    comparisons: new MemoryComparisonStore(context),
    schedules: new MemoryScheduleStore(context),
    calibrations: new MemoryCalibrationStore(context),
    webhooks: new MemoryWebhookStore(context),
    imports: new MemoryImportStore(context),
    exports: new MemoryExportStore(context),
    events: new MemoryEventStore(context),
    idempotency: new MemoryIdempotencyStore(context),
  }
}
