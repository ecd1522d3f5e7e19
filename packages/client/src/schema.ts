// Written by `npm run client:types` from the API’s own document.

export interface paths {
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Who is calling, as what, and until when
         * @description Known also of a token that names nobody of the directory. Up to 200 projects are named.
         */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Who I am */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Go away, or come back */
        patch: operations["changeMe"];
        trace?: never;
    };
    "/me/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * My settings
         * @description Whatever a page keeps for the caller, by name; empty if nothing was kept.
         */
        get: operations["getMySettings"];
        /**
         * Keep my settings
         * @description In place of those before; at most 16 KiB of JSON.
         */
        put: operations["keepMySettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List users */
        get: operations["listUsers"];
        put?: never;
        /** Add a user */
        post: operations["addUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change a user */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/users/{id}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read quality scores */
        get: operations["listQuality"];
        /** Set a quality score */
        put: operations["setQuality"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List my projects */
        get: operations["listProjects"];
        put?: never;
        /** Add a project */
        post: operations["addProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a project */
        get: operations["getProject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a project
         * @description If it pauses people, `wrongPauses` says how likely somebody is paused who is as good as they should be.
         */
        patch: operations["changeProject"];
        trace?: never;
    };
    "/projects/{projectId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List members */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List members with what they do
         * @description What they hold, the last 24 hours, scores by type of step with their 95 % intervals, and whether they are here. By userId.
         */
        get: operations["listPeopleOfProject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/people/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * A member with what they hold and had last
         * @description Up to 200 live assignments in the project, and the 20 that were given last.
         */
        get: operations["getPersonOfProject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        /** Make somebody a member */
        put: operations["addMember"];
        post?: never;
        /** Remove a member */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List workflows */
        get: operations["listWorkflows"];
        put?: never;
        /** Add a workflow */
        post: operations["addWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a workflow */
        get: operations["getWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List forms, newest first */
        get: operations["listForms"];
        put?: never;
        /**
         * Add a form
         * @description The next version of its name. If the latest version says the same, it is answered, with 200.
         */
        post: operations["addForm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a form */
        get: operations["getForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/{id}/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Read the JSON Schema of results
         * @description With `taskId` the sides that a task has of its own are filled in. With `review=true` it is that of reviews by this form, which say their verdict too.
         */
        get: operations["getFormSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/form-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read the forms to begin with, as POST /forms takes them */
        get: operations["listFormTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a form, and a payload, results and new tasks by it; nothing is kept
         * @description The faults of `tasks`, which are as in POST /projects/:projectId/tasks, are those for which a project whose workflow asks by the form would not take them: of what the form shows, and of `gold`. Of `results` they are those for which it would not take them as answers to the tasks that they name by their places.
         */
        post: operations["checkForm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/agreement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How far people agree, question by question
         * @description From what is counted at this moment, of steps that are complete. By step, newest version of the form, question, group and coefficient.
         */
        get: operations["readAgreement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/agreement/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How far each two people agree on a question
         * @description Those with fewer than 10 tasks in common have only their number.
         */
        get: operations["readAgreementMatrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/people/{userId}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** How somebody answers where the answer is known */
        get: operations["getPersonQuality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/people/{userId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give somebody nothing more in the project
         * @description What they hold there ends, drafts kept. Twice changes nothing.
         */
        post: operations["pausePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/people/{userId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give somebody work again
         * @description What speaks against them begins anew. The reason is kept with the pause.
         */
        post: operations["resumePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/people/{userId}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask one more person where somebody has annotated
         * @description On each task that is still open, since `since`, or else since their answers became suspect.
         */
        post: operations["reopenWork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/aggregates.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * One answer of many, a line for each task that has gone on from the step
         * @description By taskId: { taskId, externalId, value, posterior, answers }. `posterior` is the chance of each answer, null if the method has none; `answers` says how often each was given.
         */
        get: operations["readAggregates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/strengths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How strong models are by what people preferred
         * @description Bradley and Terry, with ties by Davidson. `bothBad` counts as a tie.
         */
        get: operations["readStrengths"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/refit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Fit the accuracy of each person at a question, now */
        post: operations["refit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/fits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List fits with the accuracies of people, newest first */
        get: operations["listFits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** My assignments */
        get: operations["listMyQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * My assignments, counted
         * @description With since also what I submitted since then, and how long half of it took at most.
         */
        get: operations["getMyQueueStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/outlook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * What is open to me, and what keeps the rest from me
         * @description At most 5 s old. Gives nothing out.
         */
        get: operations["getMyOutlook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/presence/{projectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Who has the project open */
        get: operations["listPresence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim the best open step for me
         * @description With ahead it is held, unseen, for after what I work on: one at most, which a repeat answers; for 45 s from my last heartbeat on something else. Given back or lapsed it leaves no trace. A conflict if I work on nothing. With `include=work` it has all that a page needs to work on it.
         */
        post: operations["claimNext"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read an assignment */
        get: operations["getAssignment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read all that a page needs to work on it */
        get: operations["getAssignmentWork"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        /**
         * Keep what is answered so far
         * @description A draftVersion that is not the kept one is a conflict, with the kept draft; without one the first draft wins.
         */
        put: operations["saveDraft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/flag": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        /**
         * Flag it for the managers
         * @description Ends nothing. Its holder’s; the same words again change nothing.
         */
        put: operations["flagAssignment"];
        post?: never;
        /** Take its flag away */
        delete: operations["unflagAssignment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Accept it */
        post: operations["acceptAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Start working on it */
        post: operations["startAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Still working: extend the lease */
        post: operations["heartbeatAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand in the result
         * @description With undoSeconds it is checked at once, stays in_progress with submitsAt, and goes through then unless it is taken back. With next it also claims, as POST /queue/next does, in the same transaction: refused, it claims nothing. Its holder’s alone then. With `include=work` next has all that a page needs to work on it.
         */
        post: operations["submitAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/submission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take back what was handed in and has not gone through
         * @description What was handed in is the draft then. Unchanged if nothing waits.
         */
        delete: operations["takeBackSubmission"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Decline it */
        post: operations["rejectAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Give it back */
        post: operations["releaseAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignments/{id}/reassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Hand it to somebody else */
        post: operations["reassignAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List tasks
         * @description With `waits` a page may be short, or empty, before the end: a list goes on as long as there is a `nextCursor`.
         */
        get: operations["listTasks"];
        put?: never;
        /** Add tasks: all or none, or with onConflict skip those whose externalId is not there yet */
        post: operations["addTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Read a task with its steps and what may be seen of its assignments
         * @description With `include=show` also as the form shows it that people answer: what each thing of it is, and its value.
         */
        get: operations["getTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change its priority, or the skills that it asks for beside its steps */
        patch: operations["changeTask"];
        trace?: never;
    };
    "/tasks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Cancel it */
        post: operations["cancelTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{id}/end-reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Open the slots that wait for people to take their work back */
        post: operations["endReservations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Give it to the best person, or to the one named */
        post: operations["assignTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{id}/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Who could do it, and why not the others, nearest first */
        get: operations["listCandidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/assignments/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Give out everything open in one decision */
        post: operations["assignBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/position": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How much more often people prefer the side that they are shown first
         * @description Of each pairwise question, or criterion of one, over the completed tasks: the share of decisive answers for the side shown first, and how far it is from a half, with an interval by task.
         */
        get: operations["getPositionEffects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/results.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Completed tasks with what was submitted, a line each */
        get: operations["readProjectResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List the tasks of all projects that I manage
         * @description With `waits` a page may be short, or empty, before the end: a list goes on as long as there is a `nextCursor`.
         */
        get: operations["listAllTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Count the tasks of all projects that I manage */
        get: operations["getAllTaskCounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/tasks/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Count tasks by status, step, state of the step and main reason */
        get: operations["getTaskCounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How many tasks stand at each step, and how long one stands there
         * @description Times are of the 1 000 newest tasks, for managers. Annotators of a project that has controls are told no numbers.
         */
        get: operations["getStepTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the priority of all open tasks that match, or cancel them
         * @description The server works it off part by part: see GET /operations/{id}. `expect` is the number that was seen; if more than 5 % and 10 more match now, nothing begins. `dryRun` only counts. Without a project it is about all that the caller manages. `priority` is needed for the action `priority`, and only for that.
         */
        post: operations["bulkTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Every move of it and of its assignments, oldest first
         * @description Others than managers see the moves of their own assignments, and whether they made them themselves.
         */
        get: operations["getTaskHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{id}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How it was given out, newest first, each decision as it was recorded
         * @description `replayed` says whether what was recorded gives the same choice now. Of a big batch it is null and nobody is told as considered, until `replay` names the decision. A pull has nothing to be replayed: it says how many open steps stood before the one it took. Others than managers see what was decided of themselves.
         */
        get: operations["getTaskDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** The queue: counts and items */
        get: operations["getQueueStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add an item
         * @description `delaySeconds` or `runAt`: when it is to be in line. `unique`: if another job of the type holds the key, that one is the answer, with 200. `after`: it waits for these jobs.
         */
        post: operations["addToQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/add-many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add many items
         * @description Each item as the body of …/queue/add. `each` (default): one that is at fault is refused by itself, in its place in the answer. `atomic`: all are added, or none, and errors name the items.
         */
        post: operations["addManyToQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/{itemId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read an item; managers also see its payload and result */
        get: operations["getQueueItem"];
        put?: never;
        post?: never;
        /**
         * Cancel an item
         * @description `flow=true`: with it all that waits for it, and so on.
         */
        delete: operations["cancelQueueItem"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/{itemId}/priority": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        /** Give it another priority */
        put: operations["setQueueItemPriority"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/{itemId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed item again
         * @description It keeps the answers that people gave it and what it made once; with `fresh=true` it asks and makes anew. `force=true`: one that ended because of another goes on without that.
         */
        post: operations["retryQueueItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Cancel everything that is pending */
        delete: operations["clearQueue"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Pause the queue */
        post: operations["pauseQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Resume the queue */
        post: operations["resumeQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** All queues */
        get: operations["getSystemQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Pause everything */
        post: operations["pauseSystem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Resume everything */
        post: operations["resumeSystem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List definitions */
        get: operations["listDefinitions"];
        put?: never;
        /**
         * Add a definition, or the next version of one
         * @description Scenarios come as an array, or streamed as application/x-ndjson ({ scenarioId?, payload } a line) with ?name and ?jobType in the query.
         */
        post: operations["addDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/definitions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a definition */
        get: operations["getDefinition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/definitions/{id}/scenarios": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Page through its scenarios */
        get: operations["listScenarios"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List runs, newest first */
        get: operations["listRuns"];
        put?: never;
        /**
         * Start a run, or see what it would be
         * @description Of a definition, or after another run of the project: it is there at once, and gets its scenarios and jobs when it is time.
         */
        post: operations["startRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List runs of all of the caller’s projects, newest first
         * @description An admin’s are all that there are.
         */
        get: operations["listAllRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a run; managers also see what its jobs used */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Set its pace or priority */
        patch: operations["changeRun"];
        trace?: never;
    };
    "/runs/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** How far it is */
        get: operations["getRunProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How fast its jobs settle
         * @description By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said. Jobs are counted as they stand now: one that failed and is tried again is not counted any more.
         */
        get: operations["getRunRates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** The runs that it starts after and that start after it, and so on */
        get: operations["getRunFlow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Its jobs */
        get: operations["listRunJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/results.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Its settled jobs, a line each
         * @description By the scenario’s place, then the model’s, then the repeat, which a line has in a run with repeats. With ?people=true each line says too what people made of its scenario: { outcome, taskId, reasons, probability }. With ?usage=true each line says too what the attempts at it used: { units, costMicros }, or null.
         */
        get: operations["readRunResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/escalation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Its policy of escalation, and what has come of it */
        get: operations["getEscalation"];
        /** Another policy for what is not decided */
        put: operations["changeEscalation"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/escalate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Apply a policy to a run that has ended, or see what would come of it */
        post: operations["escalateRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/escalations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Which of its scenarios go to people, and why */
        get: operations["listEscalations"];
        put?: never;
        /**
         * Send scenarios to people by hand
         * @description At once, or when their models have all settled. One that has its task keeps it.
         */
        post: operations["escalateByHand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** What people settled on, against what each model said */
        get: operations["comparePeople"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Start it again, of the results that the run before has now */
        post: operations["refreshRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Start no more of its jobs */
        post: operations["pauseRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Go on */
        post: operations["resumeRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Give it up */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Try its failed jobs again */
        post: operations["retryFailedJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Find jobs of all of the caller’s projects
         * @description An admin’s are all that there are. By id, newest first unless `order` says otherwise. `error` are words of the message; it and `cause` are of failed jobs. `complete` is false if the time for looking was up: `nextCursor` then goes on behind what was looked at.
         */
        get: operations["findJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Find jobs of a project
         * @description By id, newest first unless `order` says otherwise. `error` are words of the message; it and `cause` are of failed jobs. `complete` is false if the time for looking was up: `nextCursor` then goes on behind what was looked at.
         */
        get: operations["findProjectJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/causes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Why jobs fail
         * @description Failures of a project and type that have the same code, and the same message but for ids, numbers and the like; most failed first. `lastHour` is six times ten minutes, the oldest first. With `runId` all of it is of the run’s jobs that are failed now.
         */
        get: operations["listJobCauses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/jobs/causes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Why jobs of a project fail */
        get: operations["listProjectJobCauses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a job with its attempts, and what it waits for */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Read what a job waits for, and what waits for it
         * @description Jobs by how many steps away they are, the nearest 1 000 each, all counted by type and state. `complete` is false if the flow is too large to be read as a whole.
         */
        get: operations["getJobFlow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move all jobs that match, or see which they are
         * @description Works on the server as an operation. `expect` is how many the caller has seen: if more than 5 % and 10 more match now, nothing is done and 409 `changed` says how many. Without a project it is about all that the caller manages.
         */
        post: operations["moveJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * All jobs that match, newest first, a line each
         * @description Produced as fast as it is read, without payloads and results. `csv` has a head, and keeps programs that calculate from taking a cell for a formula: text that begins with `=`, `+`, `-` or `@` gets an apostrophe in front.
         */
        post: operations["exportJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How far an operation has come
         * @description One move on all that matched a filter, worked off on the server part by part. `skipped` says why things were passed over.
         */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        /**
         * Stop an operation
         * @description It ends between two parts; what it has moved stays so. One that has ended stays as it is.
         */
        delete: operations["stopOperation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List schedules, newest first
         * @description What they start, and their last ticks, are for managers.
         */
        get: operations["listSchedules"];
        put?: never;
        /**
         * Start a job, a run or a fit by the clock
         * @description Unless said: `missed` one, `maxCatchUp` 10, `graceSeconds` 60, `overlap` skip, no jitter, no bounds. Refused are expressions that are not understood (`bad_cron`), unknown zones (`bad_zone`), and what never comes (`never`).
         */
        post: operations["addSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/schedules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Read a rule in time back in words, with its next ten ticks */
        post: operations["previewSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a schedule */
        get: operations["getSchedule"];
        put?: never;
        post?: never;
        /**
         * Remove a schedule
         * @description It no longer fires; what was started stays. Honours `If-Match`.
         */
        delete: operations["removeSchedule"];
        options?: never;
        head?: never;
        /**
         * Change a schedule
         * @description Fires what was due by the old rule; the next tick comes by the new one.
         */
        patch: operations["changeSchedule"];
        trace?: never;
    };
    "/schedules/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Fire nothing until it is resumed */
        post: operations["pauseSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Go on; ticks of the pause are not made up */
        post: operations["resumeSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start its work now
         * @description Whatever runs, and while it is paused too. With `at`, for an instant of the last 90 days that the rule names.
         */
        post: operations["fireSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * The next instants that its rule names
         * @description Also while it is paused. `note`: `moved` to the end of a gap that skips it, or `repeated` by a clock that is set back.
         */
        get: operations["listNextTicks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/ticks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List the ticks that have come, the latest planned first
         * @description They are kept for 90 days.
         */
        get: operations["listTicks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List webhooks, newest first */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Add a webhook
         * @description Tells a receiver of what happens from now on, in order, at least once each, signed as Standard Webhooks says. The secret is shown this once. Addresses of networks inside are refused.
         */
        post: operations["addWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List webhooks of all projects, newest first */
        get: operations["listWebhooksOfAll"];
        put?: never;
        /**
         * Add a webhook of all projects
         * @description Tells a receiver of what happens from now on, in order, at least once each, signed as Standard Webhooks says. The secret is shown this once. Addresses of networks inside are refused.
         */
        post: operations["addWebhookOfAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a webhook */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook
         * @description Nothing is sent any longer. Honours `If-Match`.
         */
        delete: operations["removeWebhook"];
        options?: never;
        head?: never;
        /** Change a webhook */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List the tries of the last seven days, newest first */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Go on where it stopped, at once */
        post: operations["enableWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Send nothing until it is enabled */
        post: operations["disableWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign with a new secret
         * @description The one before signs beside it for 24 hours. The new one is shown this once.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Send a message of type test now, and say what came of it */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell again what happened after then, as far as it is kept
         * @description Messages have the ids that they had. `seq` numbers the facts of one project.
         */
        post: operations["replayWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a worker
         * @description It does jobs of these types, which are among those of its token and registered at the server, and of the projects that the token names. It holds `concurrency` jobs at once at most.
         */
        post: operations["openWorker"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that the worker lives, and how far its jobs are
         * @description `jobs` are all that it holds, until the answer to their outcome has come: one that it does not name, a lease after its start, goes back in line. `cancel` are jobs to end as soon as may be, `lost` those that are no longer its own. `report` is its own count of calls that bring `usage`, from 1; the same again is counted once. One that is refused keeps the worker alive too.
         */
        post: operations["heartbeatWorker"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a worker
         * @description All that it holds is in line again at once, and no attempt counts.
         */
        delete: operations["closeWorker"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{id}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim jobs, and wait for some
         * @description Begins up to `max` jobs. If there are none, it waits `waitSeconds` for some, and gives none then. A claim that waits keeps a worker alive that holds no job. `startedAt` is to be given back with the outcome; at its `deadline` an attempt must have ended. A job that has asked people comes with their `answers`, one that kept values with those (`kept`).
         */
        post: operations["claimJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{id}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say how attempts ended
         * @description Each outcome has a `result`, an `error` or an `ask` and is answered by itself: `recorded`; `repeated`, if it was recorded before; `lost`, if the job is no longer the worker’s; `refused`, with `errors`, if there can be no such outcome, its type gives no such result, a question cannot be put or a value not kept: the job has failed then. An error of the code `not_now` or `http_429`, or `http_503` or `http_529` with `retryAfterSeconds`, asks to wait and uses no attempt; `key` is the one that cools.
         */
        post: operations["settleJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers/{id}/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand jobs back
         * @description They are in line again at once, and the attempt does not count.
         */
        post: operations["returnJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List imports, newest first */
        get: operations["listImports"];
        put?: never;
        /**
         * Bring a file
         * @description The body is the file, streamed, of at most 1 GiB unpacked; `Content-Encoding` may be gzip or zstd. The answer comes when it was read: a server then checks it and makes what it holds. With the target `run`, which needs the role admin, its scenarios and results become a run that is completed. With `submissions`, which needs it too, tasks come with the submissions that follow them in the file, of people who are suspended. The same file with the same options is answered with the import that it was at first (200), unless that was refused.
         */
        post: operations["bringFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read an import */
        get: operations["getImport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/report.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * All that was found of its file, a line each
         * @description { line, place, externalId, level, code, message }: `error` for a part that is refused, `left` for what has no home, `note` for how something was read. In the order of the file, at most 10 000 of each level; then how many more there are of each code, and how often each place was left.
         */
        get: operations["readImportReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an import between two parts
         * @description An atomic one has made nothing then; one that has ended stays as it is.
         */
        post: operations["cancelImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List exports, newest first */
        get: operations["listExports"];
        put?: never;
        /**
         * Write results, answers or scenarios into files
         * @description A server that schedules writes them, as of one moment where the database is Postgres: what settles later is not in them. The same rows give the same bytes. Files are kept for 24 hours after the end. People who are named by their ids need the role admin.
         */
        post: operations["startExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read an export */
        get: operations["getExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{id}/manifest.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * All that is to be known of its files
         * @description Also what had no place in them, under `left`. 409 until the export is completed.
         */
        get: operations["getExportManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{id}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Read one of its files, or a part of it
         * @description `Range` asks for a part, and `If-Range` with the `ETag` for one of the same file: who was cut off goes on behind what came. Where people are named by their ids it needs the role admin.
         */
        get: operations["readExportFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * What has happened: events that are kept and that the caller may see, newest first
         * @description `before` and `after` are `seq`s of events. A page looks at a bounded number of events: one with few items, or none, may have a `nextCursor`.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How fast jobs and people go in a project
         * @description By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said. Counts of 10 s are put together to minutes after a day and to hours after a week.
         */
        get: operations["getRates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * How fast jobs and people go everywhere
         * @description By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said. Counts of 10 s are put together to minutes after a day and to hours after a week.
         */
        get: operations["getSystemRates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * List keys with their limits and their use, by name
         * @description Of a manager those that jobs of their projects have, and those that begin with `project:` and the id of one.
         */
        get: operations["listLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/limits/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Read a key with its limits and its use
         * @description Keys are percent-encoded in paths.
         */
        get: operations["getLimit"];
        /**
         * Replace the limits of a key
         * @description Members that are left out limit nothing; `burst` needs `perMinute`, and is not greater. It holds for the next job that is taken: raising opens, lowering stops nothing that runs.
         */
        put: operations["putLimit"];
        post?: never;
        /**
         * Remove the limits of a key
         * @description It has what the application says of it again. Its use stays counted.
         */
        delete: operations["deleteLimit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/limits/{key}/cool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Begin nothing under a key for some seconds */
        post: operations["coolLimit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/limits/{key}/warm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** End the cool-down of a key */
        post: operations["warmLimit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List the budgets of a project and its runs, with their use */
        get: operations["listBudgets"];
        put?: never;
        /**
         * Cap what a project, its day or one of its runs may cost
         * @description Unless said: `soft` 0.8, `hard` true, `atCap` pause, and of the project for ever. `day` names a zone of the zone database, such as Europe/Berlin, and cannot stand beside `runId`. It holds for jobs that are made already, from the next start on. A second hard budget of the same scope is refused with `conflict` and the `budgetId` of the first.
         */
        post: operations["addBudget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List the budgets of all projects */
        get: operations["listAllBudgets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/budgets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a budget with its use */
        get: operations["getBudget"];
        /**
         * Replace the settings of a budget
         * @description Members that are left out get their defaults; the scope stays. A raise lets jobs go on by itself, a lower cap stops nothing that runs.
         */
        put: operations["putBudget"];
        post?: never;
        /**
         * Remove a budget
         * @description Jobs that it held back go on. Honours `If-Match`.
         */
        delete: operations["deleteBudget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * What the jobs of a project used
         * @description What handlers reported of calls of providers, in tokens, and their cost in millionths of the currency unit: all of it, and its parts, first those that cost most. Days are of UTC. `unpriced` are calls without a price, which count as free.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * What all jobs used
         * @description What handlers reported of calls of providers, in tokens, and their cost in millionths of the currency unit: all of it, and its parts, first those that cost most. Days are of UTC. `unpriced` are calls without a price, which count as free.
         */
        get: operations["getAllUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Prices, by model, the latest first */
        get: operations["listPrices"];
        /**
         * Keep prices of models, each from a moment on
         * @description All or none, beside those that there are. One of the same model and moment is put in its place; the same again changes nothing. A price cannot begin before calls of its model that are recorded: `price_used`.
         */
        put: operations["putPrices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Its scenarios with what each model made of them, by place
         * @description `from` is the least place; `places` names up to 200 instead. Labels stand `labelAt` in results: by default where the run’s policy sees disagreement, else at `/label`.
         */
        get: operations["getRunMatrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/matrix/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Which of its scenarios match
         * @description `where` is words that must all hold: `split` (two labels differ), `failed`, `text~"some words"`, `model=label`, `model!=label`, `model!=model`. `bitmap` is base64: a bit for each place of the definition, the first the lowest of the first byte.
         */
        get: operations["findRunPlaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/comparisons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List comparisons, newest first */
        get: operations["listComparisons"];
        put?: never;
        /**
         * Compare two runs’ models on what both did
         * @description From kept results: a new metric runs no model again. Both runs must be of the project, and completed unless `allowPartial`. What was found is kept, and never changes.
         */
        post: operations["addComparison"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/comparisons/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a comparison */
        get: operations["getComparison"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/comparisons/{id}/report.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * A comparison as one self-contained page
         * @description Tables and pictures, without a script or a request.
         */
        get: operations["getComparisonReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** What each of its models came to, metric by metric */
        post: operations["getRunMetrics"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/comparisons/{id}/pairs.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * Its pairs by one metric, a line each
         * @description { scenarioId, repeat, baseline, candidate, change }; `change` is null if a side has no value. In the order of the baseline’s scenarios. 409 if a run has changed since.
         */
        get: operations["listComparedPairs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/comparisons/{id}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask people about its pairs
         * @description A task of each pair that changed so, without `change` of each that is better or worse, in one transaction; those that the project has are left. Payloads are { scenario, answers: { a, b }, of }; which side is `a` is drawn. Every annotation step needs a form: without one it would show which is which.
         */
        post: operations["askPeople"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/gates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List decisions, newest first */
        get: operations["listGates"];
        put?: never;
        /**
         * Decide by a policy whether a candidate may follow a baseline
         * @description GO, NO-GO or INCONCLUSIVE, with the tests of each rule. A critical rule must be shown to hold, a supporting one must not be shown to be broken, an advisory one informs.
         */
        post: operations["runGate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** Read a decision */
        get: operations["getGate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/calibrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** List calibrations, newest first */
        get: operations["listCalibrations"];
        put?: never;
        /**
         * Draw units of a run for people to label, or see what would be drawn
         * @description Each drawn unit becomes a task for every model, in one transaction. Every annotation step needs a form: without one it would show the model.
         */
        post: operations["startCalibration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** What people would say of each model, by the labels so far */
        get: operations["getCalibration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations/{id}/report.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * A calibration as one self-contained page
         * @description Tables and pictures, without a script or a request.
         */
        get: operations["getCalibrationReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Draw more units; what was drawn stays drawn */
        post: operations["extendCalibration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** Cancel its open tasks */
        post: operations["cancelCalibration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations/{id}/units.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * All that was drawn from, a line for each unit and model
         * @description { key, model, pi, stratum, score, y, drawn }; `y` is null if nobody was asked, or no answer came.
         */
        get: operations["listCalibrationUnits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /** A ticket for one WebSocket connection: `?ticket=`, once, within 30 seconds */
        post: operations["takeWsTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/processes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /**
         * The processes that there are, and how many workers each type has
         * @description Managers read `workers` alone. A process that fell silent is told of for ten minutes more, with the moment since when it should have been heard of.
         */
        get: operations["listProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        /** What is served here, on what, and by which rules */
        get: operations["getSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{projectId}/imports/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at the first MiB of a file
         * @description Says what it is taken for, and what its first records become. Nothing is kept.
         */
        post: operations["previewFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            requestId: string;
            errors?: {
                path: string;
                message: string;
                question?: string | null;
                rule?: string;
            }[];
        } & {
            [key: string]: unknown;
        };
        FormTemplate: {
            name: string;
            title: string;
            help?: string;
            show: ({
                name: string;
                as: string;
            } & {
                [key: string]: unknown;
            })[];
            questions: ({
                id: string;
                type: string;
                title: string;
            } & {
                [key: string]: unknown;
            })[];
            skip?: {
                codes?: string[];
                commentRequired?: boolean;
            };
            comment?: boolean;
            example?: {
                payload: unknown;
                result?: {
                    [key: string]: unknown;
                };
            };
        };
        Form: {
            formId: string;
            name: string;
            title: string;
            help?: string;
            show: ({
                name: string;
                as: string;
            } & {
                [key: string]: unknown;
            })[];
            questions: ({
                id: string;
                type: string;
                title: string;
            } & {
                [key: string]: unknown;
            })[];
            skip?: {
                codes?: string[];
                commentRequired?: boolean;
            };
            comment?: boolean;
            example?: {
                payload: unknown;
                result?: {
                    [key: string]: unknown;
                };
            };
            version: number;
            createdAt: string;
        };
        FormCheck: {
            ok: boolean;
            errors: {
                path: string;
                message: string;
                question?: string | null;
                rule?: string;
            }[];
            schema: {
                [key: string]: unknown;
            } | null;
        };
        Agreement: {
            formId: string | null;
            stepId: string;
            question: string;
            group: ({
                skill: string;
            } | {
                a: string;
                b: string;
            }) | null;
            coefficient: "percent" | "cohen" | "fleiss" | "alpha" | "f1" | "iou" | "tau";
            value: number | null;
            low: number | null;
            high: number | null;
            reason: ("empty" | "one_rater" | "no_variation" | "too_many") | null;
            items: number;
            raters: number;
            answers: number;
        };
        AgreementMatrix: {
            formId: string | null;
            stepId: string;
            question: string;
            people: string[];
            cells: {
                a: string;
                b: string;
                items: number;
                percent: number | null;
                cohen: number | null;
            }[];
        };
        Fit: {
            projectId: string;
            stepId: string;
            formId: string;
            question: string;
            number: number;
            method: "oneCoin";
            settled: number;
            prevalence: number[];
            rounds: number;
            converged: boolean;
            fittedAt: string;
            skills: {
                userId: string;
                accuracy: number;
                labels: number;
            }[];
        };
        Strengths: {
            formId: string;
            stepId: string;
            question: string;
            criterion: string | null;
            models: {
                model: string;
                strength: number;
                se: number | null;
                low: number | null;
                high: number | null;
                wins: number;
                losses: number;
                ties: number;
            }[];
            chances: number[][];
            nu: number;
            level: number;
            games: number;
            bothBad: number;
            converged: boolean;
        };
        User: {
            userId: string;
            externalId: string | null;
            displayName: string;
            avatarUrl: string | null;
            status: "active" | "away" | "suspended";
            role: "admin" | "manager" | "annotator";
            skills: {
                [key: string]: number;
            };
            maxConcurrentAssignments: number | null;
            scripted: boolean;
            imported: boolean;
            version: number;
            createdAt: string;
        };
        Session: {
            userId: string;
            role: "admin" | "manager" | "annotator";
            displayName: string | null;
            status: ("active" | "away" | "suspended") | null;
            memberships: {
                projectId: string;
                name: string;
            }[];
            expiresAt: string;
            serverTime: string;
            version: string;
        };
        MySettings: {
            settings: {
                [key: string]: unknown;
            };
        };
        Member: {
            userId: string;
            displayName: string;
            role: "admin" | "manager" | "annotator";
            status: "active" | "away" | "suspended";
            scripted: boolean;
        };
        Quality: {
            userId: string;
            projectId: string;
            stepType: string;
            score: number;
            samples: number;
        };
        Project: {
            projectId: string;
            externalId: string | null;
            name: string;
            workflowId: string | null;
            assignment: {
                maxConcurrentPerUser: number;
                crossStepExclusionPairs: string[][];
                cooldownMinutes: number;
                leaseMinutes: number;
                defaultStrategy: string;
                weights: {
                    capacity: number;
                    performance: number;
                };
                maxReturns: number;
                holdMinutes: number;
                undoSeconds: number;
            };
            quality: {
                controls?: {
                    stepId: string;
                    rate: number;
                    onboarding?: {
                        count: number;
                        passAt: number;
                    };
                };
                pause?: {
                    good: number;
                    bad: number;
                    alarm: number;
                    minimum: number;
                };
            } | null;
            paused: boolean;
            version: number;
            createdAt: string;
        };
        ChangedProject: {
            projectId: string;
            externalId: string | null;
            name: string;
            workflowId: string | null;
            assignment: {
                maxConcurrentPerUser: number;
                crossStepExclusionPairs: string[][];
                cooldownMinutes: number;
                leaseMinutes: number;
                defaultStrategy: string;
                weights: {
                    capacity: number;
                    performance: number;
                };
                maxReturns: number;
                holdMinutes: number;
                undoSeconds: number;
            };
            quality: {
                controls?: {
                    stepId: string;
                    rate: number;
                    onboarding?: {
                        count: number;
                        passAt: number;
                    };
                };
                pause?: {
                    good: number;
                    bad: number;
                    alarm: number;
                    minimum: number;
                };
            } | null;
            paused: boolean;
            version: number;
            createdAt: string;
            wrongPauses: {
                accuracy: number;
                within: number;
                chance: number;
            }[];
        };
        ProjectPerson: {
            userId: string;
            displayName: string;
            avatarUrl: string | null;
            role: "admin" | "manager" | "annotator";
            status: "active" | "away" | "suspended";
            scripted: boolean;
            skills: {
                [key: string]: number;
            };
            live: number;
            limit: number;
            lastDay: {
                submitted: number;
                medianSeconds: number | null;
                returned: number;
                declined: number;
            };
            quality: {
                stepType: string;
                score: number;
                samples: number;
                low: number | null;
                high: number | null;
            }[];
            paused: {
                since: string;
                reason: "drift" | "onboarding" | "manager";
                by: string | null;
                words: string | null;
            } | null;
            present: boolean;
            lastSeenAt: string | null;
        };
        PersonInProject: {
            userId: string;
            displayName: string;
            avatarUrl: string | null;
            role: "admin" | "manager" | "annotator";
            status: "active" | "away" | "suspended";
            scripted: boolean;
            skills: {
                [key: string]: number;
            };
            live: number;
            limit: number;
            lastDay: {
                submitted: number;
                medianSeconds: number | null;
                returned: number;
                declined: number;
            };
            quality: {
                stepType: string;
                score: number;
                samples: number;
                low: number | null;
                high: number | null;
            }[];
            paused: {
                since: string;
                reason: "drift" | "onboarding" | "manager";
                by: string | null;
                words: string | null;
            } | null;
            present: boolean;
            lastSeenAt: string | null;
            holds: {
                assignmentId: string;
                taskId: string;
                stepId: string;
                stepType: "annotation" | "review" | "adjudication" | "automatic";
                status: "assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned";
                attempt: number;
                assignedAt: string;
                startedAt: string | null;
                submittedAt: string | null;
                expiresAt: string | null;
                returnComment: string | null;
            }[];
            recent: {
                assignmentId: string;
                taskId: string;
                stepId: string;
                stepType: "annotation" | "review" | "adjudication" | "automatic";
                status: "assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned";
                attempt: number;
                assignedAt: string;
                startedAt: string | null;
                submittedAt: string | null;
                expiresAt: string | null;
                returnComment: string | null;
            }[];
        };
        Watch: {
            judged: number;
            right: number;
            controls: number;
            controlsRight: number;
            sum: number;
            cleanSince: string | null;
            suspectSince: string | null;
            paused: {
                since: string;
                reason: "drift" | "onboarding" | "manager";
                by: string | null;
                words: string | null;
            } | null;
        };
        PersonQuality: {
            userId: string;
            known: {
                stepId: string;
                question: string;
                right: number;
                wrong: number;
                answers: {
                    known: unknown;
                    given: unknown;
                    right: boolean;
                    times: number;
                }[];
            }[];
            accuracy: {
                stepId: string;
                question: string;
                value: number;
                low: number | null;
                high: number | null;
                answers: number;
            }[];
            watch: components["schemas"]["Watch"];
            pauses: {
                since: string;
                reason: "drift" | "onboarding" | "manager";
                by: string | null;
                words: string | null;
                lifted: {
                    at: string;
                    by: string | null;
                    words: string;
                };
            }[];
            controlsLeft: number;
            suspect: {
                taskId: string;
                assignmentId: string;
                submittedAt: string;
            }[];
        };
        Reopened: {
            taskIds: string[];
        };
        Workflow: {
            workflowId: string;
            name: string;
            steps: {
                stepId: string;
                stepType: "annotation" | "review" | "adjudication" | "automatic";
                requiredSkills: {
                    anyOf: string[];
                    minLevel: number;
                    dropAfterMinutes: number | null;
                }[];
                assignmentsRequired: number | {
                    min: number;
                    max: number;
                    until: ({
                        question: string;
                        posterior: number;
                    } | {
                        question: string;
                        agreeing: number;
                    })[];
                    giveUpAfterMinutes?: number;
                };
                excludes: string[];
                strategy: string | null;
                leaseMinutes: number | null;
                cooldownMinutes: number | null;
                estimatedDurationMinutes: number | null;
                when: "always" | "disagreement" | "rejectedByReview";
                agreeOn: string | null;
                formId: string | null;
                jobType: string | null;
            }[];
            version: number;
            createdAt: string;
        };
        AddedItems: {
            added: number;
            existing: number;
            refused: number;
            items: ({
                status: "added";
                jobId: string;
            } | {
                status: "existing";
                jobId: string;
                differs: boolean;
            } | {
                status: "refused";
                code: string;
                errors: {
                    path: string;
                    message: string;
                    question?: string | null;
                    rule?: string;
                }[];
            })[];
        };
        ExistingTask: {
            index: number;
            externalId: string;
            taskId: string;
            /** @description Whether its payload, or its known answer, is another than the given one. */
            differs: boolean;
        };
        Assignment: {
            assignmentId: string;
            taskId: string;
            projectId: string;
            stepId: string;
            stepType: "annotation" | "review" | "adjudication" | "automatic";
            userId?: string;
            status: "assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned";
            attempt: number;
            version: number;
            assignedAt: string;
            acceptedAt: string | null;
            startedAt: string | null;
            submittedAt: string | null;
            rejectedAt: string | null;
            rejectReason: {
                code: string;
                comment?: string;
            } | null;
            releaseReason: string | null;
            endReason: string | null;
            ahead: boolean;
            returnComment: string | null;
            expiresAt: string | null;
            previousAssignmentId: string | null;
            overrideReason: string | null;
            draftVersion: number;
            draftSavedAt: string | null;
            submitsAt: string | null;
            handedInAt: string | null;
            handedIn?: {
                result: unknown;
                comment: string | null;
            };
            presentation: {
                sides: {
                    [key: string]: string[];
                };
                options: {
                    [key: string]: string[];
                };
                prefilled: string[];
                submissions?: string[];
            } | null;
            flag: {
                comment: string;
            } | null;
            flaggedAt: string | null;
            comment: string | null;
            result?: unknown;
            draft?: unknown;
            draftComment?: string;
        };
        Task: {
            taskId: string;
            projectId: string;
            workflowId: string;
            status: ("open" | "completed" | "cancelled") | null;
            currentStepId: string | null;
            priority: number | null;
            payload: unknown;
            requiredSkills: {
                anyOf: string[];
                minLevel: number;
                dropAfterMinutes: number | null;
            }[] | null;
            gold?: unknown;
            purpose?: "work" | "control";
            formId: string | null;
            version: number | null;
            cooldownUntil: string | null;
            externalId: string | null;
            createdAt: string | null;
            completedAt: string | null;
        };
        AssignmentWork: {
            assignment: components["schemas"]["Assignment"];
            form: components["schemas"]["Form"] | null;
            show: ({
                name: string;
                as: string;
            } & {
                [key: string]: unknown;
            })[];
            presentation: {
                sides: {
                    [key: string]: string[];
                };
                options: {
                    [key: string]: string[];
                };
                prefilled: string[];
                submissions?: string[];
            } | null;
            start: {
                [key: string]: unknown;
            };
            draft: {
                answers: unknown;
                comment?: string;
                draftVersion: number;
                savedAt: string | null;
            } | null;
            submissions: {
                assignmentId: string;
                result: unknown;
                comment: string | null;
            }[];
            contested: string[];
        };
        PositionOf: {
            stepId: string;
            question: string;
            criterion: string | null;
            share: number | null;
            effect: number | null;
            low: number | null;
            high: number | null;
            reason: string | null;
            decisive: number;
            tasks: number;
        };
        SavedDraft: {
            draftVersion: number;
            savedAt: string;
            open: {
                question: string | null;
                rule: string;
            }[];
        };
        TaskView: {
            taskId: string;
            projectId: string;
            workflowId: string;
            status: ("open" | "completed" | "cancelled") | null;
            currentStepId: string | null;
            priority: number | null;
            payload: unknown;
            requiredSkills: {
                anyOf: string[];
                minLevel: number;
                dropAfterMinutes: number | null;
            }[] | null;
            gold?: unknown;
            purpose?: "work" | "control";
            formId: string | null;
            version: number | null;
            cooldownUntil: string | null;
            externalId: string | null;
            createdAt: string | null;
            completedAt: string | null;
            steps: {
                stepId: string;
                stepType: "annotation" | "review" | "adjudication" | "automatic";
                requiredSkills: {
                    anyOf: string[];
                    minLevel: number;
                    dropAfterMinutes: number | null;
                }[];
                assignmentsRequired: number | {
                    min: number;
                    max: number;
                    until: ({
                        question: string;
                        posterior: number;
                    } | {
                        question: string;
                        agreeing: number;
                    })[];
                    giveUpAfterMinutes?: number;
                };
                excludes: string[];
                strategy: string | null;
                leaseMinutes: number | null;
                cooldownMinutes: number | null;
                estimatedDurationMinutes: number | null;
                when: "always" | "disagreement" | "rejectedByReview";
                agreeOn: string | null;
                formId: string | null;
                jobType: string | null;
            }[];
            assignments: components["schemas"]["Assignment"][];
            overlap?: {
                stepId: string;
                slots: number;
                min: number;
                max: number;
                until: {
                    question: string;
                    posterior?: number;
                    agreeing?: number;
                    holds: boolean | null;
                }[];
                posterior: {
                    [key: string]: {
                        [key: string]: number;
                    };
                } | null;
            }[];
            ask?: {
                jobId: string;
                name: string;
            };
            show?: ({
                name: string;
                as: string;
            } & {
                [key: string]: unknown;
            })[];
        };
        Claimed: {
            assignment: components["schemas"]["Assignment"];
            task: components["schemas"]["Task"];
            work?: components["schemas"]["AssignmentWork"];
        };
        NothingForYou: {
            assignment: null;
            open: number;
            reasons: {
                [key: string]: number;
            };
        };
        SubmittedWithNext: {
            assignment: components["schemas"]["Assignment"];
            next: components["schemas"]["Claimed"] | components["schemas"]["NothingForYou"];
        };
        Outlook: {
            open: number;
            forMe: number;
            reasons: {
                [key: string]: number;
            };
            missing: {
                anyOf: string[];
                minLevel: number;
                count: number;
            }[];
        };
        QueueEntry: {
            assignmentId: string;
            taskId: string;
            projectId: string;
            projectName: string;
            stepId: string;
            stepType: "annotation" | "review" | "adjudication" | "automatic";
            status: "assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned";
            priority: number | null;
            assignedAt: string;
            expiresAt: string | null;
            timeInQueueSeconds: number;
            estimatedDurationMinutes: number | null;
            attempt: number;
            externalId: string | null;
            returnComment: string | null;
            submittedAt: string | null;
            submitsAt: string | null;
            hasDraft: boolean;
            ahead: boolean;
            task?: components["schemas"]["Task"];
        };
        QueueStats: {
            totalPending: number;
            totalInProgress: number;
            byProject: {
                [key: string]: {
                    projectName: string;
                    pending: number;
                    inProgress: number;
                };
            };
            submitted?: number;
            medianSeconds?: number | null;
        };
        Presence: {
            items: {
                userId: string;
                displayName: string;
                avatarUrl: string | null;
                lastSeenAt: string;
            }[];
        };
        Decision: {
            taskId: string;
            stepId: string;
            strategy: string;
            chosen: string | null;
            requirements: {
                anyOf: string[];
                minLevel: number;
                dropAfterMinutes: number | null;
            }[];
            considered: number;
            eligible: number;
            mainReason: string | null;
            reasons: {
                [key: string]: number;
            };
            candidates: {
                userId: string;
                eligible: boolean;
                reasons: ({
                    code: string;
                } & {
                    [key: string]: unknown;
                })[];
                score: number | null;
                parts: {
                    [key: string]: number;
                };
                displayName: string;
                status: "active" | "away" | "suspended";
                scripted: boolean;
                skills: {
                    [key: string]: number;
                };
                live: number;
                limit: number;
                quality: number;
            }[];
            nextCursor: string | null;
        };
        ListedTask: {
            taskId: string;
            projectId: string;
            workflowId: string;
            status: ("open" | "completed" | "cancelled") | null;
            currentStepId: string | null;
            priority: number | null;
            payload: unknown;
            requiredSkills: {
                anyOf: string[];
                minLevel: number;
                dropAfterMinutes: number | null;
            }[] | null;
            gold?: unknown;
            purpose?: "work" | "control";
            formId: string | null;
            version: number | null;
            cooldownUntil: string | null;
            externalId: string | null;
            createdAt: string | null;
            completedAt: string | null;
            stepState: ("free" | "held" | "resting" | "nobody") | null;
            mainReason: ("inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson") | null;
            holders: {
                userId: string;
                displayName: string;
            }[];
            flagged: boolean;
        };
        BulkCounted: {
            count: number;
        };
        TaskCounts: {
            byStatus: {
                open: number;
                completed: number;
                cancelled: number;
            };
            byStep: {
                [key: string]: number;
            };
            byState: {
                free: number;
                held: number;
                resting: number;
                nobody: number;
            };
            byReason: {
                [key: string]: number;
            };
            judged: number;
            complete: boolean;
        };
        StepTotals: {
            tasks: {
                open: number;
                completed: number;
                cancelled: number;
            } | null;
            steps: {
                stepId: string;
                stepType: ("annotation" | "review" | "adjudication" | "automatic") | null;
                open: number | null;
                stay: {
                    times: number;
                    p50Ms: number;
                    p90Ms: number;
                } | null;
            }[];
        };
        TaskMove: {
            taskId: string;
            at: string;
            kind: "assignment" | "status" | "step" | "priority" | "skills";
            assignmentId: string | null;
            stepId: string | null;
            userId: string | null;
            attempt: number | null;
            from: string | null;
            to: string | null;
            by: string | null;
            how: ("pull" | "push" | "batch" | "reassign" | "restored") | null;
            reason: string | null;
            decisionId: string | null;
        };
        TaskDecision: {
            decisionId: string;
            how: "pull" | "push" | "batch" | "reassign" | "restored";
            decidedAt: string;
            stepId: string;
            assignmentId: string | null;
            attempt: number | null;
            chosen: string | null;
            strategy: string | null;
            before: number | null;
            candidates: {
                userId: string;
                eligible: boolean;
                reasons: ({
                    code: string;
                } & {
                    [key: string]: unknown;
                })[];
                score: number | null;
                parts: {
                    [key: string]: number;
                };
            }[];
            replayed: boolean | null;
        };
        BatchResult: {
            assigned: number;
            unassigned: {
                taskId: string;
                reason: string;
            }[];
        };
        UsageView: {
            by: "run" | "model" | "project" | "day";
            total: {
                calls: number;
                input: number;
                output: number;
                cached: number;
                cacheWrite: number;
                reasoning: number;
                costMicros: number;
                unpriced: number;
            };
            items: {
                runId?: string | null;
                model?: string;
                projectId?: string;
                day?: string;
                calls: number;
                input: number;
                output: number;
                cached: number;
                cacheWrite: number;
                reasoning: number;
                costMicros: number;
                unpriced: number;
            }[];
            more: boolean;
        };
        Price: {
            model: string;
            from: string;
            inputMicros: number;
            outputMicros: number;
            cachedMicros: number;
            cacheWriteMicros: number;
        };
        Limit: {
            key: string;
            /**
             * @description `code`: as an application says; `api`: somebody has set it
             * @enum {string}
             */
            origin: "code" | "api";
            concurrency: number | null;
            perMinute: number | null;
            burst: number | null;
            unitsPerMinute: number | null;
            estimate: number | null;
            adaptive: {
                min: number;
                start: number;
            } | null;
            paused: boolean;
            version: number;
            inUse: number;
            startsLastMinute: number;
            unitsLastMinute: number;
            waiting: number;
            /** @description Of an adaptive key the concurrency that it has found */
            window: number | null;
            /** @description null: it is open, or an end or a person opens it */
            opensAt: string | null;
            coolUntil: string | null;
            /** @description How often it has cooled because the other side asked, ever */
            coolDowns: number;
        };
        Budget: {
            budgetId: string;
            projectId: string;
            scope: {
                runId: string;
            } | {
                projectId: string;
                /** @description The zone of the day, such as `Europe/Berlin` */
                day?: string;
            };
            /** @description In millionths of the currency unit */
            capMicros: number;
            /** @description The share of the cap at which managers are warned */
            soft: number;
            /** @description Nothing begins beyond the cap */
            hard: boolean;
            /**
             * @description `pause`: jobs wait; `cancel`: all that has not begun is cancelled
             * @enum {string}
             */
            atCap: "pause" | "cancel";
            /** @description The recorded cost of calls */
            spentMicros: number;
            /** @description The estimates of attempts that run */
            reservedMicros: number;
            /** @description The estimates of attempts whose worker is gone */
            assumedMicros: number;
            /**
             * @description `none`: an attempt runs whose cost nothing estimates
             * @enum {string}
             */
            estimate: "known" | "none";
            /** @description Of a budget by day the next midnight of its zone */
            resetsAt: string | null;
            /** @description It has refused a start in this period, since it was last changed */
            reached: boolean;
            version: number;
        };
        KeptPrices: {
            items: components["schemas"]["Price"][];
        };
        QueueItem: {
            itemId: string;
            type: string;
            runId: string | null;
            state: "pending" | "active" | "completed" | "failed" | "cancelled";
            priority: number;
            position: number | null;
            globalPosition: number | null;
            step: {
                name: string;
                index: number;
                total: number;
            } | null;
            progress: number;
            attempt: number;
            cancelling: boolean;
            /** @description Active, but waiting for people to answer: no worker has it */
            asleep: boolean;
            createdBy: string | null;
            createdAt: string;
            availableAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            error: {
                code: string;
                message: string;
                retryable: boolean;
                details?: {
                    jobId: string;
                    type: string;
                };
            } | null;
            usage?: {
                units: number;
                costMicros: number;
            } | null;
        };
        ExistingQueueItem: {
            itemId: string;
            type: string;
            runId: string | null;
            state: "pending" | "active" | "completed" | "failed" | "cancelled";
            priority: number;
            position: number | null;
            globalPosition: number | null;
            step: {
                name: string;
                index: number;
                total: number;
            } | null;
            progress: number;
            attempt: number;
            cancelling: boolean;
            /** @description Active, but waiting for people to answer: no worker has it */
            asleep: boolean;
            createdBy: string | null;
            createdAt: string;
            availableAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            error: {
                code: string;
                message: string;
                retryable: boolean;
                details?: {
                    jobId: string;
                    type: string;
                };
            } | null;
            usage?: {
                units: number;
                costMicros: number;
            } | null;
            existing: true;
            differs: boolean;
        };
        QueueItemWithResult: {
            itemId: string;
            type: string;
            runId: string | null;
            state: "pending" | "active" | "completed" | "failed" | "cancelled";
            priority: number;
            position: number | null;
            globalPosition: number | null;
            step: {
                name: string;
                index: number;
                total: number;
            } | null;
            progress: number;
            attempt: number;
            cancelling: boolean;
            /** @description Active, but waiting for people to answer: no worker has it */
            asleep: boolean;
            createdBy: string | null;
            createdAt: string;
            availableAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            error: {
                code: string;
                message: string;
                retryable: boolean;
                details?: {
                    jobId: string;
                    type: string;
                };
            } | null;
            usage?: {
                units: number;
                costMicros: number;
            } | null;
            payload?: unknown;
            result?: unknown;
        };
        QueueStatus: {
            projectId: string;
            paused: boolean;
            counts: {
                pending: number;
                active: number;
                completed: number;
                failed: number;
                cancelled: number;
            };
            byType: {
                [key: string]: {
                    pending: number;
                    active: number;
                    completed: number;
                    failed: number;
                    cancelled: number;
                };
            };
            items: components["schemas"]["QueueItem"][];
            nextCursor: string | null;
            updatedAt: string;
        };
        Cleared: {
            cancelled: number;
        };
        SystemQueue: {
            paused: boolean;
            counts: {
                pending: number;
                active: number;
                completed: number;
                failed: number;
                cancelled: number;
            };
            types: {
                type: string;
                pending: number;
                active: number;
                completed: number;
                failed: number;
                cancelled: number;
            }[];
        };
        SystemProcesses: {
            workers: {
                type: string;
                workers: number;
            }[];
            processes?: {
                processId: string;
                roles: ("api" | "worker" | "scheduler")[];
                host: string;
                pid: number;
                version: string;
                since: string;
                seenAt: string;
                silentSince: string | null;
                slots: number;
                active: number;
                types: {
                    type: string;
                    slots: number;
                    active: number;
                }[];
                lagP99Ms: number | null;
            }[];
            durations?: {
                type: string;
                ended: number;
                p50Ms: number;
                p95Ms: number;
            }[];
        };
        SystemSetup: {
            version: string;
            checks: {
                [key: string]: "ok" | "unavailable";
            };
            database: {
                server: string;
                migrations: number;
                latestMigration: string;
            } | null;
            keepEventsHours: number;
            keepDraftsDays: number;
            issuers: string[];
            requestsPerMinute: number;
        };
        RunRates: {
            from: string;
            to: string;
            step: number;
            jobs: {
                at: string;
                settled: number;
                failed: number;
            }[];
        };
        Definition: {
            definitionId: string;
            projectId: string;
            name: string;
            version: number;
            jobType: string;
            scenarioCount: number;
            createdAt: string;
        };
        Scenario: {
            scenarioId: string;
            payload: unknown;
        };
        Escalation: {
            policy: {
                when: ({
                    type: "disagreement";
                    agreeOn: string | {
                        form: string;
                        question: string;
                        at?: string;
                    };
                    minModels?: number;
                    absent?: "differs" | "ignored";
                } | {
                    type: "failure";
                    of?: "any" | "all";
                } | {
                    type: "score";
                    at: string;
                    below: number;
                    of?: "any" | "all" | "mean";
                } | ({
                    type: "sample";
                    probability?: number;
                    count?: number;
                    seed: number;
                } & ({
                    probability: number;
                } | {
                    count: number;
                })))[];
                task: {
                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                    payload: unknown;
                    workflowId?: string;
                    form?: string;
                    priority?: number;
                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                    requiredSkills?: unknown;
                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                    gold?: unknown;
                };
                limit?: number;
                revealModels?: boolean;
            };
            scenarios: number;
            waiting: number;
            ready: number;
            escalated: number;
            kept: number;
            overLimit: number;
            refused: number;
            notDecided: number;
            tasks: {
                open: number;
                completed: number;
                cancelled: number;
            };
            byReason: {
                disagreement: number;
                failure: number;
                score: number;
                sample: number;
                manual: number;
            };
        };
        ScenarioEscalation: {
            scenarioId: string;
            state: "waiting" | "ready" | "escalated" | "kept" | "overLimit" | "refused" | "notDecided";
            byHand: boolean;
            reasons: ("disagreement" | "failure" | "score" | "sample" | "manual")[];
            probability: number | null;
            order: number[] | null;
            issues: {
                path: string;
                message: string;
            }[] | null;
            taskId: string | null;
            outcome: unknown;
            taskStatus: ("open" | "completed" | "cancelled") | null;
            decidedAt: string | null;
        };
        AskedByHand: {
            items: components["schemas"]["ScenarioEscalation"][];
        };
        EscalationPreview: {
            scenarios: number;
            escalated: number;
            kept: number;
            overLimit: number;
            refused: number;
            notDecided: number;
            byReason: {
                disagreement: number;
                failure: number;
                score: number;
                sample: number;
                manual: number;
            };
        };
        PeopleAgainstModels: {
            agreeOn: string | {
                form: string;
                question: string;
                at?: string;
            };
            tasks: {
                open: number;
                completed: number;
                cancelled: number;
            };
            settled: {
                [key: string]: {
                    agrees: number;
                    differs: number;
                    failed: number;
                    undecided: number;
                    n: number;
                    accuracy: number | null;
                    interval: {
                        low: number;
                        high: number;
                    } | null;
                };
            };
            byReason: {
                disagreement: {
                    [key: string]: {
                        agrees: number;
                        differs: number;
                        failed: number;
                        undecided: number;
                        n: number;
                        accuracy: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                };
                failure: {
                    [key: string]: {
                        agrees: number;
                        differs: number;
                        failed: number;
                        undecided: number;
                        n: number;
                        accuracy: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                };
                score: {
                    [key: string]: {
                        agrees: number;
                        differs: number;
                        failed: number;
                        undecided: number;
                        n: number;
                        accuracy: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                };
                sample: {
                    [key: string]: {
                        agrees: number;
                        differs: number;
                        failed: number;
                        undecided: number;
                        n: number;
                        accuracy: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                };
                manual: {
                    [key: string]: {
                        agrees: number;
                        differs: number;
                        failed: number;
                        undecided: number;
                        n: number;
                        accuracy: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                };
            };
            estimate: {
                models: {
                    [key: string]: {
                        agrees: number;
                        differs: number;
                        failed: number;
                        undecided: number;
                        n: number;
                        accuracy: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                };
                tasksOpen: number;
            } | {
                refused: "no_sample" | "limit_reached";
            };
        };
        Run: {
            runId: string;
            projectId: string;
            definitionId: string;
            status: "pending" | "running" | "paused" | "completed" | "cancelled";
            priority: "low" | "normal" | "high";
            config: {
                models: string[];
                repeats: number;
                samplePercentage: number;
                sampleSeed: number;
                experimentId: string | null;
                maxJobsPerSecond: number | null;
                definitionSnapshot: components["schemas"]["Definition"];
                /**
                 * @description It was done elsewhere, and nothing of it can be done again
                 * @constant
                 */
                origin?: "import";
            };
            progress: {
                total: number;
                completed: number;
                failed: number;
                cancelled: number;
                percentComplete: number;
                byModel: {
                    [key: string]: {
                        total: number;
                        completed: number;
                        failed: number;
                        cancelled: number;
                    };
                };
            };
            escalation: {
                scenarios: number;
                waiting: number;
                ready: number;
                escalated: number;
                kept: number;
                overLimit: number;
                refused: number;
                notDecided: number;
                tasks: {
                    open: number;
                    completed: number;
                    cancelled: number;
                };
                byReason: {
                    disagreement: number;
                    failure: number;
                    score: number;
                    sample: number;
                    manual: number;
                };
            } | null;
            link: {
                /**
                 * Format: uuid
                 * @description The run that it starts after
                 */
                parentId: string;
                when: "completed" | "ended" | "peopleDone";
                state: "waiting" | "making" | "made" | "ended";
                made: number;
                refused: number;
                reason: ("nothingToDo" | "parentCancelled" | "refused" | "cancelled") | null;
                /** @description The run before has gone on since its results were read */
                stale: boolean;
            } | null;
            /** @description Why it has no jobs so far; where one run is read, also the keys and budgets that hold back all jobs that are next in line */
            waitsFor: {
                kind: "run" | "paused" | "coolDown" | "concurrency" | "perMinute" | "unitsPerMinute" | "budget";
                by?: "limit";
                /** @description The key or budget; managers’ alone */
                key: string | null;
                /**
                 * Format: uuid
                 * @description The run that it starts after
                 */
                runId?: string;
                used?: number | null;
                of?: number | null;
                opensAt?: string | null;
            }[];
            version: number;
            startedBy: string | null;
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
        };
        JobPage: {
            items: {
                usage: {
                    units: number;
                    costMicros: number;
                } | null;
                jobId: string;
                projectId: string;
                runId: string | null;
                taskId: string | null;
                type: string;
                model: string | null;
                scenarioId: string | null;
                /** @description Of its run’s repeats, from 1; null for a job of no run */
                repeat: number | null;
                state: "pending" | "active" | "completed" | "failed" | "cancelled";
                priority: number;
                position: number | null;
                globalPosition: number | null;
                step: {
                    name: string;
                    index: number;
                    total: number;
                } | null;
                progress: number;
                attempt: number;
                maxAttempts: number;
                cancelling: boolean;
                /** @description Active, but waiting for people to answer: no worker has it */
                asleep: boolean;
                createdBy: string | null;
                createdAt: string;
                availableAt: string;
                startedAt: string | null;
                finishedAt: string | null;
                error: {
                    code: string;
                    message: string;
                    retryable: boolean;
                    details?: {
                        jobId: string;
                        type: string;
                    };
                } | null;
            }[];
            nextCursor: string | null;
            searched: number;
            complete: boolean;
        };
        JobCauses: {
            items: {
                causeId: number;
                projectId: string;
                type: string;
                code: string;
                pattern: string;
                sample: string;
                failed: number;
                lastHour: number[];
                firstAt: string;
                lastAt: string;
            }[];
        };
        JobDetail: {
            usage: {
                units: number;
                costMicros: number;
            } | null;
            jobId: string;
            projectId: string;
            runId: string | null;
            taskId: string | null;
            type: string;
            model: string | null;
            scenarioId: string | null;
            /** @description Of its run’s repeats, from 1; null for a job of no run */
            repeat: number | null;
            state: "pending" | "active" | "completed" | "failed" | "cancelled";
            priority: number;
            position: number | null;
            globalPosition: number | null;
            step: {
                name: string;
                index: number;
                total: number;
            } | null;
            progress: number;
            attempt: number;
            maxAttempts: number;
            cancelling: boolean;
            /** @description Active, but waiting for people to answer: no worker has it */
            asleep: boolean;
            createdBy: string | null;
            createdAt: string;
            availableAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            error: {
                code: string;
                message: string;
                retryable: boolean;
                details?: {
                    jobId: string;
                    type: string;
                };
            } | null;
            payload: unknown;
            result: unknown;
            attempts: {
                attempt: number;
                startedAt: string;
                endedAt: string | null;
                workerId: string | null;
                outcome: ("completed" | "failed" | "cancelled" | "retried" | "notNow" | "returned" | "lost" | "asleep") | null;
                error: {
                    code: string;
                    message: string;
                    retryable: boolean;
                    details?: {
                        jobId: string;
                        type: string;
                    };
                } | null;
            }[];
            cause: {
                causeId: number;
                code: string;
                pattern: string;
            } | null;
            tick: {
                scheduleId: string;
                plannedAt: string;
                again: number;
            } | null;
            asks: {
                name: string;
                taskId: string;
                state: "open" | "answered" | "defaulted" | "timedOut" | "cancelled";
                answer: unknown;
                by: string[];
                askedAt: string;
                endedAt: string | null;
                timeoutAt: string | null;
                /** @description The task came to another outcome after the job had this answer */
                stale: boolean;
            }[];
            waitsFor: {
                kind: "notDue" | "pace" | "paused" | "coolDown" | "concurrency" | "perMinute" | "unitsPerMinute" | "budget" | "parents" | "run" | "worker" | "turn" | "person";
                /**
                 * Format: uuid
                 * @description The run that it waits for
                 */
                runId?: string;
                when?: "completed" | "ended" | "peopleDone";
                /** @description The open questions of a job that sleeps */
                asks?: string[];
                by?: "system" | "project" | "run" | "limit";
                /** @description The key that has no room */
                key?: string;
                used?: number | null;
                of?: number | null;
                opensAt?: string | null;
                /** @description Pending jobs with the same keys before it */
                ahead?: number;
                aheadMore?: boolean;
                before?: number;
                beforeInAll?: number;
            }[];
        };
        JobFlow: {
            jobId: string;
            levels: {
                /** @description Steps from the job: below 0 what it waits for, above 0 what waits for it */
                level: number;
                nodes: {
                    jobId: string;
                    type: string;
                    state: "pending" | "active" | "completed" | "failed" | "cancelled";
                }[];
                counts: {
                    type: string;
                    state: "pending" | "active" | "completed" | "failed" | "cancelled";
                    count: number;
                }[];
            }[];
            links: {
                parentId: string;
                childId: string;
            }[];
            complete: boolean;
        };
        JobsPreview: {
            count: number;
            byState: {
                [key: string]: number;
            };
            byType: {
                [key: string]: number;
            };
            sample: {
                usage: {
                    units: number;
                    costMicros: number;
                } | null;
                jobId: string;
                projectId: string;
                runId: string | null;
                taskId: string | null;
                type: string;
                model: string | null;
                scenarioId: string | null;
                /** @description Of its run’s repeats, from 1; null for a job of no run */
                repeat: number | null;
                state: "pending" | "active" | "completed" | "failed" | "cancelled";
                priority: number;
                position: number | null;
                globalPosition: number | null;
                step: {
                    name: string;
                    index: number;
                    total: number;
                } | null;
                progress: number;
                attempt: number;
                maxAttempts: number;
                cancelling: boolean;
                /** @description Active, but waiting for people to answer: no worker has it */
                asleep: boolean;
                createdBy: string | null;
                createdAt: string;
                availableAt: string;
                startedAt: string | null;
                finishedAt: string | null;
                error: {
                    code: string;
                    message: string;
                    retryable: boolean;
                    details?: {
                        jobId: string;
                        type: string;
                    };
                } | null;
            }[];
        };
        Operation: {
            operationId: string;
            projectId: string | null;
            subject: "jobs" | "tasks";
            action: string;
            filter: unknown;
            options: unknown;
            state: "running" | "done" | "stopped";
            count: number;
            done: number;
            skipped: {
                [key: string]: number;
            };
            createdBy: string | null;
            createdAt: string;
            finishedAt: string | null;
        };
        Tick: {
            plannedAt: string;
            /** @description 0: by the rule; else the n-th time that it was fired by hand */
            again: number;
            firedAt: string;
            outcome: "started" | "overlapped" | "missed" | "refused";
            jobId: string | null;
            runId: string | null;
            error: {
                code: string;
                message: string;
            } | null;
            /** @description Missed ticks in a row may be one, from `plannedAt` to `until` */
            count: number;
            until: string | null;
        };
        UpcomingTick: {
            at: string;
            /** @description As the clock of the zone shows it */
            local: string;
            offset: string;
            note: ("moved" | "repeated") | null;
        };
        WhenPreview: {
            says: string;
            items: components["schemas"]["UpcomingTick"][];
        };
        Schedule: {
            scheduleId: string;
            projectId: string;
            name: string;
            when: {
                cron: string;
                zone: string;
            } | {
                everySeconds: number;
                anchor: string;
            } | {
                at: string;
            };
            /** @description The rule in words, such as "every weekday at 02:30 in Berlin" */
            says: string;
            /** @description As it was given; null for who does not manage the project */
            start: unknown;
            missed: "skip" | "one" | "all";
            maxCatchUp: number;
            graceSeconds: number;
            overlap: "allow" | "skip" | "cancel";
            jitterSeconds: number;
            startsAt: string | null;
            endsAt: string | null;
            paused: boolean;
            version: number;
            /** @description null: it is paused, or no tick is left */
            nextAt: string | null;
            lastTick: components["schemas"]["Tick"] | null;
            /** @description The version of the zone database behind `nextAt` */
            zoneData: string | null;
            createdBy: string | null;
            createdAt: string;
        };
        Webhook: {
            webhookId: string;
            /** @description null: of all projects */
            projectId: string | null;
            url: string;
            /** @description Facts that it is told of; null: all */
            types: string[] | null;
            description: string;
            /** @description null: it is told. `gone`: it answered 410; `exhausted`: every try of a message failed */
            disabled: ("gone" | "exhausted" | "byHand") | null;
            /** @description Tries of the message in hand that have failed */
            failures: number;
            /** @description When the message in hand is tried again */
            nextAt: string | null;
            version: number;
            createdBy: string | null;
            createdAt: string;
        };
        WebhookWithSecret: {
            webhook: components["schemas"]["Webhook"];
            /** @description `whsec_` and 32 bytes in Base64; it is not shown again */
            secret: string;
        };
        Delivery: {
            deliveryId: string;
            webhookId: string;
            /** @description The same at each try; of a fact, its `eventId` */
            messageId: string;
            type: string;
            projectId: string | null;
            seq: number | null;
            attempt: number;
            outcome: "delivered" | "failed";
            /** @description null: no answer came */
            status: number | null;
            /** @description The beginning of its body */
            response: string | null;
            error: {
                code: string;
                message: string;
            } | null;
            ms: number;
            createdAt: string;
        };
        ExportManifest: {
            format: string;
            formatVersion: string | null;
            musterVersion: string;
            exportId: string;
            createdAt: string;
            /** @description The last fact of the project when it was read */
            seq: number;
            /** @description Whether all was read as of one moment; if not, what settled while it was read may be in it */
            oneMoment: boolean;
            runs: {
                runId: string;
                definitionId: string;
                /** @description Of the definition */
                version: number;
                sampleSeed: number;
                samplePercentage: number;
                models: string[];
                /** @description A run that still goes on is written as far as it has settled */
                status: string;
                escalation: unknown;
            }[];
            definition: {
                definitionId: string;
                version: number;
            } | null;
            form: {
                formId: string;
                name: string;
                version: number;
            } | null;
            people: "none" | "pseudonym" | "id";
            files: {
                name: string;
                /** @description Results, tasks or scenarios that it was made of */
                rows: number;
                bytes: number;
                /** @description In hex */
                sha256: string;
            }[];
            /** @description What the format has no place for */
            left: {
                what: string;
                count: number;
                why: string;
            }[];
        };
        ExportView: {
            exportId: string;
            projectId: string;
            what: "run" | "tasks" | "definition";
            format: string;
            runIds: string[];
            definitionId: string | null;
            people: "none" | "pseudonym" | "id";
            gzip: boolean;
            fields: string[];
            delimiter: string | null;
            csvSafe: boolean;
            formId: string | null;
            question: string | null;
            promptAt: string | null;
            status: "waiting" | "writing" | "completed" | "failed";
            /** @description Results, tasks or scenarios that were written so far */
            rows: number;
            /** @description None until it is completed */
            files: {
                name: string;
                /** @description Results, tasks or scenarios that it was made of */
                rows: number;
                bytes: number;
                /** @description In hex */
                sha256: string;
            }[];
            error: {
                code: string;
                message: string;
            } | null;
            createdBy: string | null;
            createdAt: string;
            finishedAt: string | null;
            /** @description When its files go; null until it has ended */
            expiresAt: string | null;
        };
        ImportView: {
            importId: string;
            projectId: string;
            name: string;
            /** @description As asked for; once it is known, the one that the file was taken for */
            format: string;
            formatVersion: string | null;
            target: ("tasks" | "definition" | "run" | "form") | null;
            mode: "atomic" | "chunks";
            dryRun: boolean;
            onConflict: "refuse" | "skip";
            submissions: boolean;
            jobType: string | null;
            mapping: unknown;
            /**
             * @description `refused`: a part is at fault, and nothing was made; `failed`: the file did not come whole
             * @enum {string}
             */
            status: "receiving" | "checking" | "writing" | "completed" | "refused" | "failed" | "cancelled";
            /** @description Of the unpacked file, in hex */
            sha256: string | null;
            bytes: number;
            counts: {
                read: number;
                /** @description On a dry run, and while it is checked, those that would be */
                made: number;
                same: number;
                /** @description There already, and another: it stays as it is */
                changed: number;
                refused: number;
                left: number;
            };
            createdIds: {
                definitionId?: string;
                runId?: string;
                formId?: string;
            };
            error: {
                code: string;
                message: string;
            } | null;
            createdBy: string | null;
            createdAt: string;
            finishedAt: string | null;
        };
        ImportPreview: {
            format: string | null;
            formatVersion: string | null;
            sample: {
                kind: string;
                line: number | null;
                value: unknown;
            }[];
            fields: {
                place: string;
                type: string | null;
                /** @description Of the records that were looked at, from 0 to 1 */
                share: number;
                /** @description null: it has no home */
                mappedTo: string | null;
            }[];
            findings: {
                line: number | null;
                place: string | null;
                externalId: string | null;
                level: "error" | "left" | "note";
                code: string;
                message: string;
            }[];
        };
        Matrix: {
            labelAt: string;
            scoreAt: string;
            models: string[];
            repeats: number;
            total: number;
            rows: {
                place: number;
                scenarioId: string;
                preview: string;
                cells: {
                    [key: string]: {
                        jobId: string;
                        state: "pending" | "active" | "completed" | "failed" | "cancelled";
                        label: string | null;
                        score: number | null;
                        /** @description The second and later ones, in a run with repeats */
                        repeats?: {
                            jobId: string;
                            state: "pending" | "active" | "completed" | "failed" | "cancelled";
                            label: string | null;
                            score: number | null;
                        }[];
                    };
                };
                taskId: string | null;
                people: {
                    status: "open" | "completed" | "cancelled";
                    label: string | null;
                    answers: number;
                } | null;
            }[];
        };
        MatrixPlaces: {
            count: number;
            total: number;
            bitmap: string;
        };
        Rates: {
            from: string;
            to: string;
            step: number;
            jobs: {
                type: string;
                at: string;
                settled: number;
                failed: number;
                retried: number;
                lost: number;
            }[];
            steps: {
                stepId: string;
                stepType: string;
                at: string;
                submitted: number;
                returned: number;
            }[];
        };
        RunWithUsage: {
            runId: string;
            projectId: string;
            definitionId: string;
            status: "pending" | "running" | "paused" | "completed" | "cancelled";
            priority: "low" | "normal" | "high";
            config: {
                models: string[];
                repeats: number;
                samplePercentage: number;
                sampleSeed: number;
                experimentId: string | null;
                maxJobsPerSecond: number | null;
                definitionSnapshot: components["schemas"]["Definition"];
                /**
                 * @description It was done elsewhere, and nothing of it can be done again
                 * @constant
                 */
                origin?: "import";
            };
            progress: {
                total: number;
                completed: number;
                failed: number;
                cancelled: number;
                percentComplete: number;
                byModel: {
                    [key: string]: {
                        total: number;
                        completed: number;
                        failed: number;
                        cancelled: number;
                    };
                };
            };
            escalation: {
                scenarios: number;
                waiting: number;
                ready: number;
                escalated: number;
                kept: number;
                overLimit: number;
                refused: number;
                notDecided: number;
                tasks: {
                    open: number;
                    completed: number;
                    cancelled: number;
                };
                byReason: {
                    disagreement: number;
                    failure: number;
                    score: number;
                    sample: number;
                    manual: number;
                };
            } | null;
            link: {
                /**
                 * Format: uuid
                 * @description The run that it starts after
                 */
                parentId: string;
                when: "completed" | "ended" | "peopleDone";
                state: "waiting" | "making" | "made" | "ended";
                made: number;
                refused: number;
                reason: ("nothingToDo" | "parentCancelled" | "refused" | "cancelled") | null;
                /** @description The run before has gone on since its results were read */
                stale: boolean;
                /** @description Why scenarios were not made, by reason; to managers */
                refusals?: {
                    path: string;
                    message: string;
                    count: number;
                    scenarioId: string;
                }[];
                message?: string | null;
            } | null;
            /** @description Why it has no jobs so far; where one run is read, also the keys and budgets that hold back all jobs that are next in line */
            waitsFor: {
                kind: "run" | "paused" | "coolDown" | "concurrency" | "perMinute" | "unitsPerMinute" | "budget";
                by?: "limit";
                /** @description The key or budget; managers’ alone */
                key: string | null;
                /**
                 * Format: uuid
                 * @description The run that it starts after
                 */
                runId?: string;
                used?: number | null;
                of?: number | null;
                opensAt?: string | null;
            }[];
            version: number;
            startedBy: string | null;
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            usage?: {
                calls: number;
                input: number;
                output: number;
                cached: number;
                cacheWrite: number;
                reasoning: number;
                costMicros: number;
                unpriced: number;
                byModel: {
                    [key: string]: {
                        calls: number;
                        input: number;
                        output: number;
                        cached: number;
                        cacheWrite: number;
                        reasoning: number;
                        costMicros: number;
                        unpriced: number;
                    };
                };
            };
        };
        RunFlow: {
            runs: {
                runId: string;
                name: string;
                status: "pending" | "running" | "paused" | "completed" | "cancelled";
                progress: {
                    total: number;
                    completed: number;
                    failed: number;
                    cancelled: number;
                };
                link: {
                    /**
                     * Format: uuid
                     * @description The run that it starts after
                     */
                    parentId: string;
                    when: "completed" | "ended" | "peopleDone";
                    state: "waiting" | "making" | "made" | "ended";
                    made: number;
                    refused: number;
                    reason: ("nothingToDo" | "parentCancelled" | "refused" | "cancelled") | null;
                    /** @description The run before has gone on since its results were read */
                    stale: boolean;
                } | null;
            }[];
            links: {
                parentId: string;
                runId: string;
            }[];
            complete: boolean;
        };
        RunPreview: {
            scenarios: number;
            jobs: number;
        };
        RunProgress: {
            runId: string;
            status: "pending" | "running" | "paused" | "completed" | "cancelled";
            total: number;
            completed: number;
            failed: number;
            cancelled: number;
            percentComplete: number;
            byModel: {
                [key: string]: {
                    total: number;
                    completed: number;
                    failed: number;
                    cancelled: number;
                };
            };
            ratePerSecond: number;
            etaSeconds: number | null;
            /** @description How long jobs took, of the last 1 000 that completed or failed; without models of which none did */
            durations: {
                model: string;
                jobs: number;
                p50Seconds: number;
                p95Seconds: number;
            }[];
        };
        Job: {
            jobId: string;
            runId: string | null;
            type: string;
            model: string | null;
            scenarioId: string | null;
            /** @description Of its run’s repeats, from 1; null for a job of no run */
            repeat: number | null;
            state: "pending" | "active" | "completed" | "failed" | "cancelled";
            priority: number;
            attempt: number;
            maxAttempts: number;
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            result: unknown;
            error: {
                code: string;
                message: string;
                retryable: boolean;
                details?: {
                    jobId: string;
                    type: string;
                };
            } | null;
        };
        WsTicket: {
            ticket: string;
            expiresAt: string;
        };
        Event: {
            eventId: string;
            type: string;
            projectId: string;
            seq: number;
            affectedUserIds: string[] | null;
            occurredAt: string;
            data: {
                [key: string]: unknown;
            };
        };
        Comparison: {
            comparisonId: string;
            projectId: string;
            baseline: {
                runId: string;
                model: string;
            };
            candidate: {
                runId: string;
                model: string;
            };
            seed: number;
            level: number;
            clusterBy: string | null;
            partial: boolean;
            pairs: {
                n: number;
                clusters: number | null;
                onlyBaseline: number;
                onlyCandidate: number;
                changed: number;
            };
            metrics: {
                metric: string;
                kind: "binary" | "ordinal" | "numeric";
                aggregate: "mean" | "median" | "p95";
                n: number;
                units: number;
                missing: {
                    baseline: number;
                    candidate: number;
                };
                wins: number;
                losses: number;
                baseline: number | null;
                candidate: number | null;
                difference: number | null;
                low: number | null;
                high: number | null;
                se: number | null;
                p: number | null;
                midP: number | null;
                pAdjusted: number | null;
                test: string | null;
                minimumDetectable: number | null;
                verdict: "improved" | "regressed" | "no_difference_shown" | "INCONCLUSIVE";
                reason: ("too_few_pairs" | "too_many_missing") | null;
            }[];
            slices: {
                at: string;
                value: unknown;
                metric: string;
                n: number;
                units: number;
                difference: number | null;
                low: number | null;
                high: number | null;
                p: number | null;
                q: number | null;
                exploratory: true;
            }[];
            createdAt: string;
        };
        ModelMetric: {
            model: string;
            name: string;
            n: number;
            missing: number;
            value: number | null;
            low: number | null;
            high: number | null;
        };
        AskedPeople: {
            added: string[];
            existing: number;
        };
        Gate: {
            gateId: string;
            projectId: string;
            decision: "GO" | "NO-GO" | "INCONCLUSIVE";
            rules: {
                metric: string;
                tier: "critical" | "supporting" | "advisory";
                maxDrop?: number;
                minValue?: number;
                slice?: {
                    at: string;
                    is: unknown;
                };
                minPairs?: number;
                calibrationId?: string;
                n: number;
                value: number | null;
                difference: number | null;
                low: number | null;
                high: number | null;
                pass: number | null;
                block: number | null;
                blockAdjusted: number | null;
                minimumDetectable: number | null;
                verdict: "PASS" | "BLOCK" | "INCONCLUSIVE";
                reason: ("missing_metric" | "missing_slice" | "too_few_pairs" | "too_many_missing" | "not_drawn_here" | "provisional" | "too_few_labels" | "labels_missing" | "unscored" | "unstable_weights" | "run_changed" | "people_disagree") | null;
            }[];
            baseline: {
                runId: string;
                model: string;
            };
            candidate: {
                runId: string;
                model: string;
            };
            policy: {
                version: 1;
                alpha?: number;
                metrics: ({
                    name: string;
                } & {
                    [key: string]: unknown;
                })[];
                clusterBy?: string;
                seed?: number;
                rules: {
                    metric: string;
                    tier: "critical" | "supporting" | "advisory";
                    maxDrop?: number;
                    minValue?: number;
                    slice?: {
                        at: string;
                        is: unknown;
                    };
                    minPairs?: number;
                    calibrationId?: string;
                }[];
            };
            comparisonId: string;
            createdAt: string;
        };
        Calibration: {
            calibrationId: string;
            projectId: string;
            runId: string;
            design: "uniform" | "stratified" | "active";
            kind: "share" | "mean";
            budget: number;
            seed: number;
            target: "scenarios" | "run";
            unscored: number;
            createdAt: string;
            judge: {
                type: string;
            } & {
                [key: string]: unknown;
            };
            range: number[];
            truth: {
                projectId: string;
                question: string;
                map?: {
                    [key: string]: number;
                };
            };
            anytime: boolean;
            status: "labelling" | "complete" | "cancelled";
            units: number;
            labelled: number;
            waiting: number;
            provisional: boolean;
            extended: boolean;
            models: {
                model: string;
                labelled: number;
                estimate: number | null;
                low: number | null;
                high: number | null;
                se: number | null;
                lambda: (number | number[]) | null;
                judgeMean: number | null;
                bias: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                saved: number | null;
                judge: {
                    sensitivity: {
                        value: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                    specificity: {
                        value: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                    precision: {
                        value: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                    kappa: {
                        value: number | null;
                        interval: {
                            low: number;
                            high: number;
                        } | null;
                    };
                    effective: number;
                } | null;
                curve: {
                    score: number;
                    n: number;
                    answer: number;
                    low: number | null;
                    high: number | null;
                }[];
                refused: {
                    code: "too_few_labels" | "labels_missing" | "unscored" | "unstable_weights" | "run_changed" | "people_disagree";
                    message: string;
                } | null;
            }[];
            differences: {
                a: string;
                b: string;
                estimate: number | null;
                low: number | null;
                high: number | null;
                se: number | null;
                labelled: number;
            }[];
        };
        CalibrationPlan: {
            units: number;
            unscored: number;
            drawn: number;
            tasks: number;
            allocation: {
                stratum: unknown;
                units: number;
                drawn: number;
            }[];
            halfWidths: {
                model: string;
                halfWidth: number | null;
            }[];
        };
        OpenedWorker: {
            workerId: string;
            leaseSeconds: number;
            heartbeatSeconds: number;
        };
        ClaimedJobs: {
            jobs: {
                jobId: string;
                projectId: string;
                runId: string | null;
                taskId: string | null;
                type: string;
                payload: unknown;
                model: string | null;
                scenarioId: string | null;
                repeat: number | null;
                attempt: number;
                startedAt: string;
                deadline: string;
                answers?: {
                    [key: string]: {
                        state: "answered" | "defaulted" | "timedOut" | "cancelled";
                        answer: unknown;
                        by: string[];
                        taskId: string;
                        digest: string;
                    };
                };
                kept?: {
                    [key: string]: unknown;
                };
            }[];
        };
        HeartbeatAnswer: {
            cancel: string[];
            lost: string[];
        };
        SettledOutcomes: {
            outcomes: {
                jobId: string;
                status: "recorded" | "repeated" | "lost" | "refused";
                errors?: {
                    path: string;
                    message: string;
                    question?: string | null;
                    rule?: string;
                }[];
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export interface operations {
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    status?: "active" | "away";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMySettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MySettings"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keepMySettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    settings: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MySettings"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                externalId?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["User"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    userId?: string;
                    externalId?: string | null;
                    displayName: string;
                    avatarUrl?: string | null;
                    role?: "admin" | "manager" | "annotator";
                    status?: "active" | "away" | "suspended";
                    skills?: {
                        [key: string]: number;
                    };
                    maxConcurrentAssignments?: number | null;
                    scripted?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    externalId?: string | null;
                    displayName?: string;
                    avatarUrl?: string | null;
                    role?: "admin" | "manager" | "annotator";
                    status?: "active" | "away" | "suspended";
                    skills?: {
                        [key: string]: number;
                    };
                    maxConcurrentAssignments?: number | null;
                    scripted?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listQuality: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Quality"][];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setQuality: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    projectId: string;
                    stepType: "annotation" | "review" | "adjudication";
                    score: number;
                    samples: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quality"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                externalId?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Project"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    externalId?: string | null;
                    name: string;
                    workflowId?: string | null;
                    assignment?: {
                        maxConcurrentPerUser?: number;
                        crossStepExclusionPairs?: string[][];
                        cooldownMinutes?: number;
                        leaseMinutes?: number;
                        defaultStrategy?: string;
                        weights?: {
                            capacity: number;
                            performance: number;
                        };
                        maxReturns?: number;
                        holdMinutes?: number;
                        undoSeconds?: number;
                    };
                    quality?: {
                        controls?: {
                            stepId: string;
                            rate: number;
                            onboarding?: {
                                count: number;
                                passAt: number;
                            };
                        };
                        pause?: {
                            good?: number;
                            bad?: number;
                            alarm?: number;
                            minimum?: number;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    externalId?: string | null;
                    name?: string;
                    workflowId?: string | null;
                    assignment?: {
                        maxConcurrentPerUser?: number;
                        crossStepExclusionPairs?: string[][];
                        cooldownMinutes?: number;
                        leaseMinutes?: number;
                        defaultStrategy?: string;
                        weights?: {
                            capacity: number;
                            performance: number;
                        };
                        maxReturns?: number;
                        holdMinutes?: number;
                        undoSeconds?: number;
                    };
                    quality?: {
                        controls?: {
                            stepId: string;
                            rate: number;
                            onboarding?: {
                                count: number;
                                passAt: number;
                            };
                        };
                        pause?: {
                            good?: number;
                            bad?: number;
                            alarm?: number;
                            minimum?: number;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedProject"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Member"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPeopleOfProject: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ProjectPerson"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPersonOfProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonInProject"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWorkflows: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Workflow"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        /** @description No two steps have the same stepId. `excludes` names other steps of the workflow. `disagreement` needs an annotation step before it, `rejectedByReview` a review step. */
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    steps: ({
                        stepId: string;
                        stepType: "annotation" | "review" | "adjudication" | "automatic";
                        requiredSkills?: {
                            anyOf: string[];
                            minLevel?: number;
                            dropAfterMinutes?: number | null;
                        }[];
                        assignmentsRequired?: number | {
                            min: number;
                            max: number;
                            until: ({
                                question: string;
                                posterior?: number;
                                agreeing?: number;
                            } & ({
                                posterior: number;
                            } | {
                                agreeing: number;
                            }))[];
                            giveUpAfterMinutes?: number | null;
                        };
                        excludes?: string[];
                        strategy?: string | null;
                        leaseMinutes?: number | null;
                        cooldownMinutes?: number | null;
                        estimatedDurationMinutes?: number | null;
                        when?: "always" | "disagreement" | "rejectedByReview";
                        agreeOn?: string | null;
                        jobType?: string | null;
                        formId?: string | null;
                        /** @description A form. The meta-schema `urn:muster:form` says what its parts are; GET /form-templates has twelve of them. */
                        form?: {
                            $schema?: string;
                            help?: string;
                            skip?: Record<string, never>;
                            comment?: boolean;
                            example?: Record<string, never>;
                            name: string;
                            title: string;
                            show: Record<string, never>[];
                            questions: Record<string, never>[];
                        };
                    } | {
                        stepType?: "annotation" | "adjudication";
                        jobType?: null;
                    } | {
                        stepType?: "review";
                        jobType?: null;
                        agreeOn?: null;
                    } | {
                        stepType?: "automatic";
                        jobType: string;
                        assignmentsRequired?: 1;
                        requiredSkills?: unknown;
                        excludes?: unknown;
                        strategy?: null;
                        agreeOn?: null;
                    })[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listForms: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                name?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Form"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addForm: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        /** @description A form. The meta-schema `urn:muster:form` says what its parts are; GET /form-templates has twelve of them. */
        requestBody: {
            content: {
                "application/json": {
                    $schema?: string;
                    help?: string;
                    skip?: Record<string, never>;
                    comment?: boolean;
                    example?: Record<string, never>;
                    name: string;
                    title: string;
                    show: Record<string, never>[];
                    questions: Record<string, never>[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Form"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Form"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getForm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Form"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFormSchema: {
        parameters: {
            query?: {
                taskId?: string;
                review?: "true" | "false";
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description The JSON Schema (2020-12) of results */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/schema+json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFormTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FormTemplate"][];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkForm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                    form: unknown;
                    /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                    payload?: unknown;
                    /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                    result?: unknown;
                    tasks?: {
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        payload: unknown;
                        priority?: number;
                        requiredSkills?: {
                            anyOf: string[];
                            minLevel?: number;
                            dropAfterMinutes?: number | null;
                        }[];
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        gold?: unknown;
                        externalId?: string | null;
                        formId?: string | null;
                        purpose?: "work" | "control";
                    }[];
                    results?: {
                        task: number;
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        result: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormCheck"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAgreement: {
        parameters: {
            query?: {
                stepId?: string;
                question?: string;
                by?: "overall" | "pair" | "skill";
                coefficient?: "percent" | "cohen" | "fleiss" | "alpha" | "f1" | "iou" | "tau";
                /** @description Of the intervals; 0.95 unless said */
                level?: number;
                weights?: "linear" | "quadratic";
                difference?: "interval" | "ratio";
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Agreement"][];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAgreementMatrix: {
        parameters: {
            query: {
                stepId: string;
                question: string;
                formId?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementMatrix"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPersonQuality: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonQuality"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pausePerson: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Watch"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumePerson: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Watch"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reopenWork: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
                userId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    since?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reopened"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAggregates: {
        parameters: {
            query?: {
                /** @description May be left out if only one step fits */
                stepId?: string;
                /** @description May be left out if only one question fits */
                question?: string;
                /** @description Of a pairwise question with several */
                criterion?: string;
                /** @description The newest version that was answered unless said */
                formId?: string;
                method?: "majority" | "weighted" | "oneCoin" | "dawidSkene" | "mace";
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readStrengths: {
        parameters: {
            query?: {
                /** @description May be left out if only one step fits */
                stepId?: string;
                /** @description May be left out if only one question fits */
                question?: string;
                /** @description Of a pairwise question with several */
                criterion?: string;
                /** @description The newest version that was answered unless said */
                formId?: string;
                /** @description Of the intervals; 0.95 unless said */
                level?: number;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Strengths"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refit: {
        parameters: {
            query?: {
                /** @description May be left out if only one step fits */
                stepId?: string;
                /** @description May be left out if only one question fits */
                question?: string;
                /** @description Of a pairwise question with several */
                criterion?: string;
                /** @description The newest version that was answered unless said */
                formId?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fit"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFits: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                stepId?: string;
                question?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Fit"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMyQueue: {
        parameters: {
            query?: {
                projectId?: string;
                stepType?: "annotation" | "review" | "adjudication" | "automatic";
                status?: ("assigned" | "accepted" | "in_progress" | "submitted" | "rejected" | "expired" | "reassigned")[];
                sort?: "priority" | "age" | "project" | "submitted";
                order?: "asc" | "desc";
                include?: "task"[];
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["QueueEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMyQueueStats: {
        parameters: {
            query?: {
                since?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueStats"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMyOutlook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outlook"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPresence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Presence"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    claimNext: {
        parameters: {
            query?: {
                include?: "work";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    projectId?: string;
                    stepType?: "annotation" | "review" | "adjudication" | "automatic";
                    ahead?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NothingForYou"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claimed"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAssignment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAssignmentWork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignmentWork"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    saveDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    attempt?: number;
                    draftVersion?: number;
                    /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                    answers: unknown;
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedDraft"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    flagAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    comment: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unflagAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    attempt?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    attempt?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    heartbeatAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    attempt?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitAssignment: {
        parameters: {
            query?: {
                include?: "work";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    attempt?: number;
                    /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                    result: unknown;
                    comment?: string;
                    undoSeconds?: number;
                    next?: {
                        projectId?: string;
                        stepType?: "annotation" | "review" | "adjudication" | "automatic";
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"] | components["schemas"]["SubmittedWithNext"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeBackSubmission: {
        parameters: {
            query?: {
                attempt?: number;
            };
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rejectAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    attempt?: number;
                    code: "unclear" | "wrong_skill" | "conflict_of_interest" | "broken_item" | "other";
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    attempt?: number;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reassignAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    attempt?: number;
                    userId?: string;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTasks: {
        parameters: {
            query?: {
                status?: ("open" | "completed" | "cancelled")[];
                stepId?: string;
                externalId?: string;
                q?: string;
                holder?: string;
                skill?: string;
                waits?: "inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson";
                from?: string;
                to?: string;
                flagged?: "true" | "false";
                purpose?: "work" | "control";
                order?: "asc" | "desc";
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedTask"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addTasks: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description No two of them have the same externalId. A control has `gold`. */
                    tasks: {
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        payload: unknown;
                        priority?: number;
                        requiredSkills?: {
                            anyOf: string[];
                            minLevel?: number;
                            dropAfterMinutes?: number | null;
                        }[];
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        gold?: unknown;
                        externalId?: string | null;
                        formId?: string | null;
                        purpose?: "work" | "control";
                    }[];
                    onConflict?: "refuse" | "skip";
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Task"][];
                        existing: components["schemas"]["ExistingTask"][];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTask: {
        parameters: {
            query?: {
                include?: "show";
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    priority?: number;
                    requiredSkills?: {
                        anyOf: string[];
                        minLevel?: number;
                        dropAfterMinutes?: number | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endReservations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assignTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    userId?: string;
                    strategy?: string;
                    override?: {
                        reason: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCandidates: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                strategy?: string;
                userId?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assignBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    strategy?: string;
                    limit?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchResult"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPositionEffects: {
        parameters: {
            query?: {
                stepId?: string;
                question?: string;
                /** @description Of the intervals; 0.95 unless said */
                level?: number;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionOf"][];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readProjectResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAllTasks: {
        parameters: {
            query?: {
                status?: ("open" | "completed" | "cancelled")[];
                stepId?: string;
                externalId?: string;
                q?: string;
                holder?: string;
                skill?: string;
                waits?: "inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson";
                from?: string;
                to?: string;
                flagged?: "true" | "false";
                purpose?: "work" | "control";
                order?: "asc" | "desc";
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedTask"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAllTaskCounts: {
        parameters: {
            query?: {
                status?: ("open" | "completed" | "cancelled")[];
                stepId?: string;
                externalId?: string;
                q?: string;
                holder?: string;
                skill?: string;
                waits?: "inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson";
                from?: string;
                to?: string;
                flagged?: "true" | "false";
                purpose?: "work" | "control";
                order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCounts"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTaskCounts: {
        parameters: {
            query?: {
                status?: ("open" | "completed" | "cancelled")[];
                stepId?: string;
                externalId?: string;
                q?: string;
                holder?: string;
                skill?: string;
                waits?: "inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson";
                from?: string;
                to?: string;
                flagged?: "true" | "false";
                purpose?: "work" | "control";
                order?: "asc" | "desc";
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCounts"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStepTotals: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepTotals"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bulkTasks: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    action: "priority" | "cancel";
                    filter: {
                        status?: ("open" | "completed" | "cancelled")[];
                        stepId?: string;
                        externalId?: string;
                        q?: string;
                        holder?: string;
                        skill?: string;
                        waits?: "inactive" | "notMember" | "qualityPaused" | "missingSkill" | "alreadyAssigned" | "excludedByStep" | "rejectedBefore" | "atLimit" | "notQualified" | "coolingDown" | "reservedFor" | "noFreeSlot" | "queuePaused" | "noEligiblePerson";
                        from?: string;
                        to?: string;
                        flagged?: "true" | "false";
                        purpose?: "work" | "control";
                        projectId?: string;
                        taskIds?: string[];
                    };
                    expect?: number;
                    priority?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkCounted"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTaskHistory: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TaskMove"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTaskDecisions: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                replay?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TaskDecision"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getQueueStatus: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                type?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueStatus"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addToQueue: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    type: string;
                    /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                    payload: unknown;
                    priority?: number;
                    delaySeconds?: number;
                    runAt?: string;
                    unique?: {
                        key: string;
                        windowSeconds?: number;
                        states?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                        onExisting?: "keep" | "replace";
                    };
                    after?: {
                        jobs?: (string | {
                            item: number;
                        })[];
                        need?: "completed" | "ended";
                        runId?: string;
                        when?: "completed" | "ended" | "peopleDone";
                        onFailure?: "fail" | "cancel" | "run";
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExistingQueueItem"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueItem"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addManyToQueue: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    mode?: "each" | "atomic";
                    items: unknown[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedItems"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getQueueItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
                itemId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueItemWithResult"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelQueueItem: {
        parameters: {
            query?: {
                flow?: "true" | "false";
            };
            header?: never;
            path: {
                projectId: string;
                itemId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueItem"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setQueueItemPriority: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
                itemId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    priority: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueItem"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryQueueItem: {
        parameters: {
            query?: {
                force?: "true" | "false";
                fresh?: "true" | "false";
            };
            header?: never;
            path: {
                projectId: string;
                itemId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueItem"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clearQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cleared"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueStatus"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueStatus"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSystemQueue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemQueue"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemQueue"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemQueue"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDefinitions: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Definition"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addDefinition: {
        parameters: {
            query?: {
                name?: string;
                jobType?: string;
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    jobType?: string;
                    scenarios: {
                        scenarioId?: string;
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        payload: unknown;
                    }[];
                };
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Definition"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Definition"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listScenarios: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Scenario"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                status?: ("pending" | "running" | "paused" | "completed" | "cancelled")[];
                definitionId?: string;
                experimentId?: string;
                model?: string;
                from?: string;
                to?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Run"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startRun: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    definitionId?: string;
                    /** @description Of a run after another; default: that one’s */
                    jobType?: string;
                    after?: {
                        runId: string;
                        when: "completed" | "ended" | "peopleDone";
                        from?: {
                            per: "scenario" | "result";
                            where?: {
                                state?: ("completed" | "failed" | "cancelled")[];
                                model?: string[];
                                escalated?: boolean;
                            };
                            /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, error }], outcome, reasons }, per result also { result, error }. If it leads nowhere, the scenario is refused, or with `"required": false` its member dropped. */
                            scenarioId?: unknown;
                            /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, error }], outcome, reasons }, per result also { result, error }. If it leads nowhere, the scenario is refused, or with `"required": false` its member dropped. */
                            payload: unknown;
                            revealModels?: boolean;
                        };
                    };
                    models: string[];
                    repeats?: number;
                    samplePercentage?: number;
                    sampleSeed?: number;
                    priority?: "low" | "normal" | "high";
                    experimentId?: string | null;
                    maxJobsPerSecond?: number | null;
                    escalation?: {
                        when: ({
                            type: "disagreement";
                            agreeOn: string | {
                                form: string;
                                question: string;
                                at?: string;
                            };
                            minModels?: number;
                            absent?: "differs" | "ignored";
                        } | {
                            type: "failure";
                            of?: "any" | "all";
                        } | {
                            type: "score";
                            at: string;
                            below: number;
                            of?: "any" | "all" | "mean";
                        } | ({
                            type: "sample";
                            probability?: number;
                            count?: number;
                            seed: number;
                        } & ({
                            probability: number;
                        } | {
                            count: number;
                        })))[];
                        task: {
                            /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                            payload: unknown;
                            workflowId?: string;
                            form?: string;
                            priority?: number;
                            /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                            requiredSkills?: unknown;
                            /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                            gold?: unknown;
                        };
                        limit?: number;
                        revealModels?: boolean;
                    };
                    budgetMicros?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPreview"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAllRuns: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                status?: ("pending" | "running" | "paused" | "completed" | "cancelled")[];
                definitionId?: string;
                experimentId?: string;
                model?: string;
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Run"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunWithUsage"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    priority?: "low" | "normal" | "high";
                    maxJobsPerSecond?: number | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRunProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunProgress"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRunRates: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                /** @description In seconds; 10 unless said */
                step?: number;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunRates"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRunFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunFlow"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRunJobs: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                model?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Job"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readRunResults: {
        parameters: {
            query?: {
                people?: "true" | "false";
                usage?: "true" | "false";
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEscalation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Escalation"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeEscalation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    when: ({
                        type: "disagreement";
                        agreeOn: string | {
                            form: string;
                            question: string;
                            at?: string;
                        };
                        minModels?: number;
                        absent?: "differs" | "ignored";
                    } | {
                        type: "failure";
                        of?: "any" | "all";
                    } | {
                        type: "score";
                        at: string;
                        below: number;
                        of?: "any" | "all" | "mean";
                    } | ({
                        type: "sample";
                        probability?: number;
                        count?: number;
                        seed: number;
                    } & ({
                        probability: number;
                    } | {
                        count: number;
                    })))[];
                    task: {
                        /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                        payload: unknown;
                        workflowId?: string;
                        form?: string;
                        priority?: number;
                        /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                        requiredSkills?: unknown;
                        /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                        gold?: unknown;
                    };
                    limit?: number;
                    revealModels?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    escalateRun: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    when: ({
                        type: "disagreement";
                        agreeOn: string | {
                            form: string;
                            question: string;
                            at?: string;
                        };
                        minModels?: number;
                        absent?: "differs" | "ignored";
                    } | {
                        type: "failure";
                        of?: "any" | "all";
                    } | {
                        type: "score";
                        at: string;
                        below: number;
                        of?: "any" | "all" | "mean";
                    } | ({
                        type: "sample";
                        probability?: number;
                        count?: number;
                        seed: number;
                    } & ({
                        probability: number;
                    } | {
                        count: number;
                    })))[];
                    task: {
                        /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                        payload: unknown;
                        workflowId?: string;
                        form?: string;
                        priority?: number;
                        /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                        requiredSkills?: unknown;
                        /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                        gold?: unknown;
                    };
                    limit?: number;
                    revealModels?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EscalationPreview"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEscalations: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                state?: ("waiting" | "ready" | "escalated" | "kept" | "overLimit" | "refused" | "notDecided")[];
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ScenarioEscalation"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    escalateByHand: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    scenarioIds: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskedByHand"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    comparePeople: {
        parameters: {
            query?: {
                agreeOn?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeopleAgainstModels"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryFailedJobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findJobs: {
        parameters: {
            query?: {
                state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                type?: string;
                runId?: string;
                model?: string;
                scenarioId?: string;
                error?: string;
                cause?: number;
                attempts?: string;
                from?: string;
                to?: string;
                order?: "asc" | "desc";
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findProjectJobs: {
        parameters: {
            query?: {
                state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                type?: string;
                runId?: string;
                model?: string;
                scenarioId?: string;
                error?: string;
                cause?: number;
                attempts?: string;
                from?: string;
                to?: string;
                order?: "asc" | "desc";
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJobCauses: {
        parameters: {
            query?: {
                type?: string;
                runId?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobCauses"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectJobCauses: {
        parameters: {
            query?: {
                type?: string;
                runId?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobCauses"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetail"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJobFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobFlow"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    moveJobs: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    action: "retry" | "cancel" | "priority";
                    filter: {
                        state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                        type?: string;
                        runId?: string;
                        model?: string;
                        scenarioId?: string;
                        error?: string;
                        cause?: number;
                        attempts?: string;
                        from?: string;
                        to?: string;
                        projectId?: string;
                        jobIds?: string[];
                    };
                    expect?: number;
                    /** @description The new one; for the action `priority`, which needs it, alone */
                    priority?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobsPreview"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportJobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    filter: {
                        state?: ("pending" | "active" | "completed" | "failed" | "cancelled")[];
                        type?: string;
                        runId?: string;
                        model?: string;
                        scenarioId?: string;
                        error?: string;
                        cause?: number;
                        attempts?: string;
                        from?: string;
                        to?: string;
                        projectId?: string;
                        jobIds?: string[];
                    };
                    format?: "ndjson" | "csv";
                };
            };
        };
        responses: {
            /** @description A line each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSchedules: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Schedule"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    when: {
                        /** @description Five fields: minute, hour, day, month, weekday */
                        cron: string;
                        /** @description A name of the zone database, such as Europe/Berlin */
                        zone: string;
                    } | {
                        everySeconds: number;
                        anchor?: string;
                    } | {
                        at: string;
                    };
                    start: {
                        job: {
                            type: string;
                            /** @description JSON in which `{ "$": "/tick" }` stands for the planned instant, `/scheduleId` for the schedule, and `/previous` for the tick that started something last, or null. */
                            payload: unknown;
                            priority?: number;
                        };
                    } | {
                        run: {
                            definitionId: string;
                            models: string[];
                            repeats?: number;
                            samplePercentage?: number;
                            sampleSeed?: number;
                            priority?: "low" | "normal" | "high";
                            maxJobsPerSecond?: number | null;
                            escalation?: {
                                when: ({
                                    type: "disagreement";
                                    agreeOn: string | {
                                        form: string;
                                        question: string;
                                        at?: string;
                                    };
                                    minModels?: number;
                                    absent?: "differs" | "ignored";
                                } | {
                                    type: "failure";
                                    of?: "any" | "all";
                                } | {
                                    type: "score";
                                    at: string;
                                    below: number;
                                    of?: "any" | "all" | "mean";
                                } | ({
                                    type: "sample";
                                    probability?: number;
                                    count?: number;
                                    seed: number;
                                } & ({
                                    probability: number;
                                } | {
                                    count: number;
                                })))[];
                                task: {
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    payload: unknown;
                                    workflowId?: string;
                                    form?: string;
                                    priority?: number;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    requiredSkills?: unknown;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    gold?: unknown;
                                };
                                limit?: number;
                                revealModels?: boolean;
                            };
                            budgetMicros?: number;
                            experimentId?: (string | {
                                $: "/tick" | "/scheduleId" | "/previous";
                            }) | null;
                        } | {
                            definition: string;
                            models: string[];
                            repeats?: number;
                            samplePercentage?: number;
                            sampleSeed?: number;
                            priority?: "low" | "normal" | "high";
                            maxJobsPerSecond?: number | null;
                            escalation?: {
                                when: ({
                                    type: "disagreement";
                                    agreeOn: string | {
                                        form: string;
                                        question: string;
                                        at?: string;
                                    };
                                    minModels?: number;
                                    absent?: "differs" | "ignored";
                                } | {
                                    type: "failure";
                                    of?: "any" | "all";
                                } | {
                                    type: "score";
                                    at: string;
                                    below: number;
                                    of?: "any" | "all" | "mean";
                                } | ({
                                    type: "sample";
                                    probability?: number;
                                    count?: number;
                                    seed: number;
                                } & ({
                                    probability: number;
                                } | {
                                    count: number;
                                })))[];
                                task: {
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    payload: unknown;
                                    workflowId?: string;
                                    form?: string;
                                    priority?: number;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    requiredSkills?: unknown;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    gold?: unknown;
                                };
                                limit?: number;
                                revealModels?: boolean;
                            };
                            budgetMicros?: number;
                            experimentId?: (string | {
                                $: "/tick" | "/scheduleId" | "/previous";
                            }) | null;
                        };
                    } | {
                        refit: {
                            stepId?: string;
                            question?: string;
                        };
                    };
                    missed?: "skip" | "one" | "all";
                    maxCatchUp?: number;
                    graceSeconds?: number;
                    overlap?: "allow" | "skip" | "cancel";
                    jitterSeconds?: number;
                    startsAt?: string | null;
                    endsAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    when: {
                        /** @description Five fields: minute, hour, day, month, weekday */
                        cron: string;
                        /** @description A name of the zone database, such as Europe/Berlin */
                        zone: string;
                    } | {
                        everySeconds: number;
                        anchor?: string;
                    } | {
                        at: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhenPreview"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                    when?: {
                        /** @description Five fields: minute, hour, day, month, weekday */
                        cron: string;
                        /** @description A name of the zone database, such as Europe/Berlin */
                        zone: string;
                    } | {
                        everySeconds: number;
                        anchor?: string;
                    } | {
                        at: string;
                    };
                    start?: {
                        job: {
                            type: string;
                            /** @description JSON in which `{ "$": "/tick" }` stands for the planned instant, `/scheduleId` for the schedule, and `/previous` for the tick that started something last, or null. */
                            payload: unknown;
                            priority?: number;
                        };
                    } | {
                        run: {
                            definitionId: string;
                            models: string[];
                            repeats?: number;
                            samplePercentage?: number;
                            sampleSeed?: number;
                            priority?: "low" | "normal" | "high";
                            maxJobsPerSecond?: number | null;
                            escalation?: {
                                when: ({
                                    type: "disagreement";
                                    agreeOn: string | {
                                        form: string;
                                        question: string;
                                        at?: string;
                                    };
                                    minModels?: number;
                                    absent?: "differs" | "ignored";
                                } | {
                                    type: "failure";
                                    of?: "any" | "all";
                                } | {
                                    type: "score";
                                    at: string;
                                    below: number;
                                    of?: "any" | "all" | "mean";
                                } | ({
                                    type: "sample";
                                    probability?: number;
                                    count?: number;
                                    seed: number;
                                } & ({
                                    probability: number;
                                } | {
                                    count: number;
                                })))[];
                                task: {
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    payload: unknown;
                                    workflowId?: string;
                                    form?: string;
                                    priority?: number;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    requiredSkills?: unknown;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    gold?: unknown;
                                };
                                limit?: number;
                                revealModels?: boolean;
                            };
                            budgetMicros?: number;
                            experimentId?: (string | {
                                $: "/tick" | "/scheduleId" | "/previous";
                            }) | null;
                        } | {
                            definition: string;
                            models: string[];
                            repeats?: number;
                            samplePercentage?: number;
                            sampleSeed?: number;
                            priority?: "low" | "normal" | "high";
                            maxJobsPerSecond?: number | null;
                            escalation?: {
                                when: ({
                                    type: "disagreement";
                                    agreeOn: string | {
                                        form: string;
                                        question: string;
                                        at?: string;
                                    };
                                    minModels?: number;
                                    absent?: "differs" | "ignored";
                                } | {
                                    type: "failure";
                                    of?: "any" | "all";
                                } | {
                                    type: "score";
                                    at: string;
                                    below: number;
                                    of?: "any" | "all" | "mean";
                                } | ({
                                    type: "sample";
                                    probability?: number;
                                    count?: number;
                                    seed: number;
                                } & ({
                                    probability: number;
                                } | {
                                    count: number;
                                })))[];
                                task: {
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    payload: unknown;
                                    workflowId?: string;
                                    form?: string;
                                    priority?: number;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    requiredSkills?: unknown;
                                    /** @description JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused. */
                                    gold?: unknown;
                                };
                                limit?: number;
                                revealModels?: boolean;
                            };
                            budgetMicros?: number;
                            experimentId?: (string | {
                                $: "/tick" | "/scheduleId" | "/previous";
                            }) | null;
                        };
                    } | {
                        refit: {
                            stepId?: string;
                            question?: string;
                        };
                    };
                    missed?: "skip" | "one" | "all";
                    maxCatchUp?: number;
                    graceSeconds?: number;
                    overlap?: "allow" | "skip" | "cancel";
                    jitterSeconds?: number;
                    startsAt?: string | null;
                    endsAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fireSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    at?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tick"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNextTicks: {
        parameters: {
            query?: {
                n?: number;
                after?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["UpcomingTick"][];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTicks: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                outcome?: ("started" | "overlapped" | "missed" | "refused")[];
                from?: string;
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tick"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Webhook"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description https, without name and password, at port 443 or 8443 */
                    url: string;
                    /** @description Facts that it is told of; null: all */
                    types?: ("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[] | null;
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhooksOfAll: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Webhook"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addWebhookOfAll: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description https, without name and password, at port 443 or 8443 */
                    url: string;
                    /** @description Facts that it is told of; null: all */
                    types?: ("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[] | null;
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description https, without name and password, at port 443 or 8443 */
                    url?: string;
                    /** @description Facts that it is told of; null: all */
                    types?: ("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[] | null;
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                outcome?: "delivered" | "failed";
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Delivery"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enableWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disableWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    after: string;
                } | {
                    seq: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openWorker: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    types: string[];
                    concurrency: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedWorker"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    heartbeatWorker: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    report?: number;
                    jobs?: {
                        jobId: string;
                        attempt: number;
                        step?: {
                            name: string;
                            index: number;
                            total: number;
                        };
                        progress?: number;
                        /** @description One call of a provider, or a list of them */
                        usage?: {
                            model?: string;
                            input: number;
                            output: number;
                            cached?: number;
                            cacheWrite?: number;
                            reasoning?: number;
                            costMicros?: number;
                        } | {
                            model?: string;
                            input: number;
                            output: number;
                            cached?: number;
                            cacheWrite?: number;
                            reasoning?: number;
                            costMicros?: number;
                        }[];
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeartbeatAnswer"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    closeWorker: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    claimJobs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    max: number;
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimedJobs"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settleJobs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    report?: number;
                    outcomes: {
                        jobId: string;
                        attempt: number;
                        startedAt: string;
                        /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                        result?: unknown;
                        error?: {
                            code: string;
                            message: string;
                            retryable?: boolean;
                            retryAfterSeconds?: number;
                            key?: string;
                        };
                        /** @description Questions to people, by name: each `{ payload, form?, workflowId?, requiredSkills?, priority?, timeoutSeconds?, onTimeout? }`. The job is asleep until all of them have an answer, and is then claimed again with `answers`. */
                        ask?: {
                            [key: string]: unknown;
                        };
                        /** @description Values of `once`, by name: kept with the job unless it ends with a result, and given with its next claims. */
                        keep?: {
                            [key: string]: unknown;
                        };
                        /** @description One call of a provider, or a list of them */
                        usage?: {
                            model?: string;
                            input: number;
                            output: number;
                            cached?: number;
                            cacheWrite?: number;
                            reasoning?: number;
                            costMicros?: number;
                        } | {
                            model?: string;
                            input: number;
                            output: number;
                            cached?: number;
                            cacheWrite?: number;
                            reasoning?: number;
                            costMicros?: number;
                        }[];
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettledOutcomes"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    returnJobs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    jobIds: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettledOutcomes"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listImports: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ImportView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bringFile: {
        parameters: {
            query?: {
                /** @description A format by name; default `auto`: the one that it looks like */
                format?: string;
                /** @description Words to the reader of the format, as a JSON object */
                mapping?: string;
                /** @description Default: the one that the file holds, never `run`, which only an admin brings */
                target?: "tasks" | "definition" | "run" | "form";
                /** @description Of the definition or the form that is made, or of the definition of a run */
                name?: string;
                /** @description Of the definition that is made */
                jobType?: string;
                mode?: "atomic" | "chunks";
                dryRun?: "true" | "false";
                onConflict?: "refuse" | "skip";
                /** @description Whether submissions of the file are made with its tasks, of no other target; only an admin brings them. Default false */
                submissions?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readImportReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listExports: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ExportView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startExport: {
        parameters: {
            query?: {
                /** @description How long to wait for its end, in seconds. Default 0 */
                wait?: number;
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    what: "run";
                    /** @description `ndjson`, `csv`, `parquet`, `promptfoo` or `inspect` */
                    format: string;
                    runIds: string[];
                    /**
                     * @description How people are named. `pseudonym`, the default: the same in each export of the project; `id` needs the role admin
                     * @enum {string}
                     */
                    people?: "none" | "pseudonym" | "id";
                    gzip?: boolean;
                    /** @description More columns of a table: JSON Pointers into its rows, such as `/payload/text` */
                    fields?: string[];
                    /**
                     * @description Of `csv`; default `,`
                     * @enum {string}
                     */
                    delimiter?: "," | ";" | "|" | "\t";
                    /** @description Whether cells that a spreadsheet would take for a formula get a quote before them */
                    csvSafe?: boolean;
                } | {
                    what: "tasks";
                    /** @description `ndjson`, `csv`, `parquet`, `label-studio` or `preference-pairs` */
                    format: string;
                    /** @description `label-studio` and `preference-pairs`: the form by which answers are read */
                    formId?: string;
                    /** @description `preference-pairs`: the pairwise question */
                    question?: string;
                    /** @description `preference-pairs`: where the prompt stands in a payload */
                    promptAt?: string;
                    /**
                     * @description How people are named. `pseudonym`, the default: the same in each export of the project; `id` needs the role admin
                     * @enum {string}
                     */
                    people?: "none" | "pseudonym" | "id";
                    gzip?: boolean;
                    /** @description More columns of a table: JSON Pointers into its rows, such as `/payload/text` */
                    fields?: string[];
                    /**
                     * @description Of `csv`; default `,`
                     * @enum {string}
                     */
                    delimiter?: "," | ";" | "|" | "\t";
                    /** @description Whether cells that a spreadsheet would take for a formula get a quote before them */
                    csvSafe?: boolean;
                } | {
                    what: "definition";
                    /** @description `ndjson`, `csv` or `parquet` */
                    format: string;
                    definitionId: string;
                    /**
                     * @description How people are named. `pseudonym`, the default: the same in each export of the project; `id` needs the role admin
                     * @enum {string}
                     */
                    people?: "none" | "pseudonym" | "id";
                    gzip?: boolean;
                    /** @description More columns of a table: JSON Pointers into its rows, such as `/payload/text` */
                    fields?: string[];
                    /**
                     * @description Of `csv`; default `,`
                     * @enum {string}
                     */
                    delimiter?: "," | ";" | "|" | "\t";
                    /** @description Whether cells that a spreadsheet would take for a formula get a quote before them */
                    csvSafe?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getExportManifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportManifest"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readExportFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Default Response */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                before?: string;
                after?: string;
                type?: ("task_assigned" | "task_reassigned" | "task_status_changed" | "task_unavailable" | "task_added" | "task_updated" | "task_flagged" | "task_overlap_added" | "task_completed" | "run_status_changed" | "run_changed" | "queue_item_added" | "queue_item_removed" | "job_failed" | "queue_paused" | "queue_resumed" | "queue_cleared" | "person_paused" | "person_resumed" | "control_judged" | "controls_exhausted" | "operation_done" | "price_missing" | "budget_warned" | "budget_reached" | "budget_changed" | "comparison_created" | "calibration_drawn" | "calibration_completed" | "gate_decided" | "schedule_changed" | "schedule_refused" | "webhook_disabled" | "import_ended" | "export_ended")[];
                userId?: string;
                runId?: string;
                taskId?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Event"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRates: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                /** @description In seconds; 10 unless said */
                step?: number;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rates"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSystemRates: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                /** @description In seconds; 10 unless said */
                step?: number;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rates"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLimits: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                prefix?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Limit"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": {
                    concurrency?: number | null;
                    perMinute?: number | null;
                    burst?: number | null;
                    unitsPerMinute?: number | null;
                    estimate?: number | null;
                    adaptive?: {
                        min: number;
                        start?: number;
                    } | null;
                    paused?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    coolLimit: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                key: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    seconds: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    warmLimit: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                key: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBudgets: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Budget"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addBudget: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    capMicros: number;
                    soft?: number;
                    hard?: boolean;
                    atCap?: "pause" | "cancel";
                    runId?: string;
                    day?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAllBudgets: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Budget"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putBudget: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    capMicros: number;
                    soft?: number;
                    hard?: boolean;
                    atCap?: "pause" | "cancel";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description The version, to be sent back as If-Match */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description A day of UTC, included */
                from?: string;
                /** @description A day of UTC, included */
                to?: string;
                /** @description How the sum is split; `model` unless said */
                by?: "run" | "model" | "project" | "day";
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAllUsage: {
        parameters: {
            query?: {
                /** @description A day of UTC, included */
                from?: string;
                /** @description A day of UTC, included */
                to?: string;
                /** @description How the sum is split; `model` unless said */
                by?: "run" | "model" | "project" | "day";
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageView"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPrices: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
                model?: string;
            };
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Price"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putPrices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: {
                        model: string;
                        /**
                         * Format: date-time
                         * @description It holds for what is recorded from then on
                         */
                        from: string;
                        /** @description Millionths of the currency unit for a million tokens of input */
                        inputMicros: number;
                        outputMicros: number;
                        /** @description Of input from a cache; `inputMicros` unless said */
                        cachedMicros?: number;
                        /** @description Of input put into a cache; `inputMicros` unless said */
                        cacheWriteMicros?: number;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptPrices"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRunMatrix: {
        parameters: {
            query?: {
                from?: number;
                /** @description How many at most; 50 unless said */
                limit?: number;
                places?: number[];
                labelAt?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Matrix"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findRunPlaces: {
        parameters: {
            query?: {
                where?: string;
                labelAt?: string;
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MatrixPlaces"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listComparisons: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Comparison"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addComparison: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    baseline: {
                        runId: string;
                        model: string;
                    };
                    candidate: {
                        runId: string;
                        model: string;
                    };
                    metrics: {
                        name: string;
                        score: {
                            type: "value";
                            at: string;
                        } | {
                            type: "equals";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                            as?: "json" | "text";
                        } | {
                            type: "within";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                            abs?: number;
                            rel?: number;
                        } | {
                            type: "includes";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                        } | {
                            type: "judge";
                            runId: string;
                            judge?: string;
                            at: string;
                            ofAt?: string;
                        } | {
                            type: "people";
                            projectId: string;
                            question: string;
                            map?: {
                                [key: string]: number;
                            };
                            ofAt?: string;
                        } | {
                            type: "registered";
                            name: string;
                        };
                        better?: "higher" | "lower";
                        kind?: "binary" | "ordinal" | "numeric";
                        aggregate?: "mean" | "median" | "p95";
                        missing?: "drop" | "worst";
                        range?: number[];
                    }[];
                    clusterBy?: string;
                    slices?: string[];
                    seed?: number;
                    level?: number;
                    draws?: number;
                    allowPartial?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getComparison: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getComparisonReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description One self-contained file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRunMetrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    metrics: {
                        name: string;
                        score: {
                            type: "value";
                            at: string;
                        } | {
                            type: "equals";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                            as?: "json" | "text";
                        } | {
                            type: "within";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                            abs?: number;
                            rel?: number;
                        } | {
                            type: "includes";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                        } | {
                            type: "judge";
                            runId: string;
                            judge?: string;
                            at: string;
                            ofAt?: string;
                        } | {
                            type: "people";
                            projectId: string;
                            question: string;
                            map?: {
                                [key: string]: number;
                            };
                            ofAt?: string;
                        } | {
                            type: "registered";
                            name: string;
                        };
                        better?: "higher" | "lower";
                        kind?: "binary" | "ordinal" | "numeric";
                        aggregate?: "mean" | "median" | "p95";
                        missing?: "drop" | "worst";
                        range?: number[];
                    }[];
                    clusterBy?: string;
                    level?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ModelMetric"][];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listComparedPairs: {
        parameters: {
            query: {
                metric: string;
                change?: "better" | "worse" | "same";
            };
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    askPeople: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    projectId: string;
                    metric: string;
                    change?: "better" | "worse" | "same";
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskedPeople"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listGates: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Gate"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    runGate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    version: 1;
                    alpha?: number;
                    baseline: {
                        runId: string;
                        model: string;
                    };
                    candidate: {
                        runId: string;
                        model: string;
                    };
                    metrics: {
                        name: string;
                        score: {
                            type: "value";
                            at: string;
                        } | {
                            type: "equals";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                            as?: "json" | "text";
                        } | {
                            type: "within";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                            abs?: number;
                            rel?: number;
                        } | {
                            type: "includes";
                            at: string;
                            to: {
                                scenario: string;
                            } | {
                                /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                                value: unknown;
                            };
                        } | {
                            type: "judge";
                            runId: string;
                            judge?: string;
                            at: string;
                            ofAt?: string;
                        } | {
                            type: "people";
                            projectId: string;
                            question: string;
                            map?: {
                                [key: string]: number;
                            };
                            ofAt?: string;
                        } | {
                            type: "registered";
                            name: string;
                        };
                        better?: "higher" | "lower";
                        kind?: "binary" | "ordinal" | "numeric";
                        aggregate?: "mean" | "median" | "p95";
                        missing?: "drop" | "worst";
                        range?: number[];
                    }[];
                    clusterBy?: string;
                    seed?: number;
                    rules: {
                        metric: string;
                        tier: "critical" | "supporting" | "advisory";
                        maxDrop?: number;
                        minValue?: number;
                        slice?: {
                            at: string;
                            /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                            is: unknown;
                        };
                        minPairs?: number;
                        calibrationId?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getGate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCalibrations: {
        parameters: {
            query?: {
                /** @description How many at most; 50 unless said */
                limit?: number;
                /** @description `nextCursor` of the page before, unchanged, with the same filters */
                cursor?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Calibration"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startCalibration: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                projectId: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    runId: string;
                    models?: string[];
                    judge: {
                        type: "value";
                        at: string;
                    } | {
                        type: "equals";
                        at: string;
                        to: {
                            scenario: string;
                        } | {
                            /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                            value: unknown;
                        };
                        as?: "json" | "text";
                    } | {
                        type: "within";
                        at: string;
                        to: {
                            scenario: string;
                        } | {
                            /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                            value: unknown;
                        };
                        abs?: number;
                        rel?: number;
                    } | {
                        type: "includes";
                        at: string;
                        to: {
                            scenario: string;
                        } | {
                            /** @description Any JSON, at most 64 levels deep. A number that a double would change is refused: send it as text. */
                            value: unknown;
                        };
                    } | {
                        type: "judge";
                        runId: string;
                        judge?: string;
                        at: string;
                        ofAt?: string;
                    } | {
                        type: "people";
                        projectId: string;
                        question: string;
                        map?: {
                            [key: string]: number;
                        };
                        ofAt?: string;
                    } | {
                        type: "registered";
                        name: string;
                    };
                    range: number[];
                    truth: {
                        projectId: string;
                        question: string;
                        map?: {
                            [key: string]: number;
                        };
                    };
                    kind?: "share" | "mean";
                    design?: "uniform" | "stratified" | "active";
                    budget: number;
                    seed?: number;
                    target?: "scenarios" | "run";
                    strata?: {
                        at?: string;
                        allocate?: "neyman" | "proportional";
                    };
                    floor?: number;
                    clusterBy?: string;
                    anytime?: boolean;
                    taskPayload?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalibrationPlan"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCalibration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCalibrationReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description One self-contained file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extendCalibration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": {
                    budget: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelCalibration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key and body is answered as the first was, and does nothing more */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCalibrationUnits: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON each, as fast as they are read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeWsTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WsTicket"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProcesses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemProcesses"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemSetup"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewFile: {
        parameters: {
            query?: {
                /** @description A format by name; default `auto`: the one that it looks like */
                format?: string;
                /** @description Words to the reader of the format, as a JSON object */
                mapping?: string;
            };
            header?: never;
            path: {
                projectId: string;
            };
        };
        requestBody?: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPreview"];
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not done */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
