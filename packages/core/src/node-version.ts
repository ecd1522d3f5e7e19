/** Versions of Node that lack what Muster stands on are refused at import. In a browser there is no Node to be too old. */
const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }
const version = process?.versions?.node
const [major = 0, minor = 0] = (version ?? '22.18').split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18))
  throw new Error(`Muster needs Node 22.18 or newer, and this is Node ${version}`)
