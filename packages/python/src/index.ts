// Handlers written in Python
export type { PythonHandlerOptions } from './python-handler.ts'
export { PythonError, pythonHandler } from './python-handler.ts'
