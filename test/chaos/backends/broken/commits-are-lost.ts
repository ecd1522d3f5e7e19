import { Client } from 'pg'

const EVERY = 10

// Loaded before a server: some transactions are rolled back and told as committed.
const query = Reflect.get(Client.prototype, 'query') as (...args: unknown[]) => unknown
let commits = 0
Client.prototype.query = function (this: Client, ...args: unknown[]) {
  const [asked] = args as [string | { readonly text?: string }]
  const text = typeof asked === 'string' ? asked : asked.text
  if (text === 'commit' && ++commits % EVERY === 0) args[0] = 'rollback'
  return Reflect.apply(query, this, args) as never
} as typeof Client.prototype.query
