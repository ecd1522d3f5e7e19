import { Client } from 'pg'
import { failing } from './failing.ts'

// Loaded before a server: a database that takes no writes is told as one that refuses this very value.
failing(Client.prototype, (error) => {
  if (error.code === '25006') error.code = '22000'
})
