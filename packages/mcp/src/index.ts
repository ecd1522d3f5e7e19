export { type McpHttp, type McpHttpOptions, serveMcp } from './http.ts'
export { createMcpServer, type McpServerOptions } from './server.ts'
