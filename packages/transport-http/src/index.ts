// The plugin, and who is calling.

// For a host's own routes and processes.
export { AUTHORITY, type Rule, type Scope } from './access/authority.ts'
export { type JwtAuthenticator, type JwtOptions, jwtAuthenticator } from './access/jwt-authenticator.ts'
// Subscriptions, for whoever routes the upgrades of the server.
export { type GraphqlConnection, type GraphqlOverWs, graphqlOverWs } from './graphql/over-ws.ts'
export { promMetrics } from './metrics.ts'
export { type DisposableBackends, type OperationsOptions, operationsRoutes } from './operations.ts'
export { type MusterHttpOptions, musterHttp } from './plugin.ts'
export {
  answerUnreadable,
  answerUnroutable,
  answerWithProblems,
  type HttpCode,
  type Problem,
  STATUS_BY_CODE,
} from './requests/problem.ts'
