import type { Stores } from '@muster/core/ports'
import type { Connection } from '../connection/queryable.ts'
import { PgArrivalStore } from '../jobs/pg-arrival-store.ts'
import { PgAskStore } from '../jobs/pg-ask-store.ts'
import { PgDefinitionStore } from '../jobs/pg-definition-store.ts'
import { PgEscalationStore } from '../jobs/pg-escalation-store.ts'
import { PgFlowStore } from '../jobs/pg-flow-store.ts'
import { PgJobSearchStore } from '../jobs/pg-job-search-store.ts'
import { PgJobStore } from '../jobs/pg-job-store.ts'
import { PgLimitStore } from '../jobs/pg-limit-store.ts'
import { PgMatrixStore } from '../jobs/pg-matrix-store.ts'
import { PgProcessStore } from '../jobs/pg-process-store.ts'
import { PgRemoteWorkerStore } from '../jobs/pg-remote-worker-store.ts'
import { PgRunLinkStore } from '../jobs/pg-run-link-store.ts'
import { PgRunStore } from '../jobs/pg-run-store.ts'
import { PgScheduleStore } from '../jobs/pg-schedule-store.ts'
import { PgUniqueStore } from '../jobs/pg-unique-store.ts'
import { PgWorkerStore } from '../jobs/pg-worker-store.ts'
import { PgClaimStore } from '../tasks/pg-claim-store.ts'
import { PgDecisionStore } from '../tasks/pg-decision-store.ts'
import { PgFitStore } from '../tasks/pg-fit-store.ts'
import { PgFormStore } from '../tasks/pg-form-store.ts'
import { PgInboxStore } from '../tasks/pg-inbox-store.ts'
import { PgOverviewStore } from '../tasks/pg-overview-store.ts'
import { PgTaskStore } from '../tasks/pg-task-store.ts'
import { PgWorkflowStore } from '../tasks/pg-workflow-store.ts'
import { PgBudgetStore } from './pg-budget-store.ts'
import { PgCalibrationStore } from './pg-calibration-store.ts'
import { PgComparisonStore } from './pg-comparison-store.ts'
import { PgEventStore } from './pg-event-store.ts'
import { PgExportStore } from './pg-export-store.ts'
import { PgIdempotencyStore } from './pg-idempotency-store.ts'
import { PgImportStore } from './pg-import-store.ts'
import { PgOperationStore } from './pg-operation-store.ts'
import { PgPeopleStore } from './pg-people-store.ts'
import type { PgPorts } from './pg-ports.ts'
import { PgProjectStore } from './pg-project-store.ts'
import { PgQualityStore } from './pg-quality-store.ts'
import { PgRateStore } from './pg-rate-store.ts'
import { PgSettingsStore } from './pg-settings-store.ts'
import { PgUsageStore } from './pg-usage-store.ts'
import { PgWebhookStore } from './pg-webhook-store.ts'

/** Every store, speaking to one connection. `recognize` comes before the history of facts is named. */
export function storesOn(connection: Connection, ports: PgPorts, recognize?: () => Promise<void>): Stores {
  return {
    people: new PgPeopleStore(connection),
    projects: new PgProjectStore(connection),
    settings: new PgSettingsStore(connection),
    forms: new PgFormStore(connection),
    workflows: new PgWorkflowStore(connection),
    tasks: new PgTaskStore(connection),
    claims: new PgClaimStore(connection),
    decisions: new PgDecisionStore(connection),
    inboxes: new PgInboxStore(connection),
    overviews: new PgOverviewStore(connection),
    fits: new PgFitStore(connection),
    definitions: new PgDefinitionStore(connection),
    runs: new PgRunStore(connection),
    runLinks: new PgRunLinkStore(connection),
    jobs: new PgJobStore(connection),
    jobSearch: new PgJobSearchStore(connection),
    uniques: new PgUniqueStore(connection),
    arrivals: new PgArrivalStore(connection),
    flows: new PgFlowStore(connection),
    asks: new PgAskStore(connection),
    workers: new PgWorkerStore(connection, ports.clock),
    limits: new PgLimitStore(connection, ports.clock),
    remoteWorkers: new PgRemoteWorkerStore(connection),
    processes: new PgProcessStore(connection),
    escalations: new PgEscalationStore(connection),
    quality: new PgQualityStore(connection),
    operations: new PgOperationStore(connection),
    rates: new PgRateStore(connection),
    usage: new PgUsageStore(connection),
    budgets: new PgBudgetStore(connection),
    matrices: new PgMatrixStore(connection),
    comparisons: new PgComparisonStore(connection),
    schedules: new PgScheduleStore(connection),
    calibrations: new PgCalibrationStore(connection),
    webhooks: new PgWebhookStore(connection),
    imports: new PgImportStore(connection),
    exports: new PgExportStore(connection),
    events: new PgEventStore(connection, ports, recognize),
    idempotency: new PgIdempotencyStore(connection),
  }
}
