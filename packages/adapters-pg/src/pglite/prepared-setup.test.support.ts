// For projects whose tests start servers on folders of their own: what they start need not make a database.
export { prepare as default } from './pglite-template.test.support.ts'
