import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'

it('serves people of an Express app with sessions from the twenty lines that the docs show', async () => {
  const page = await readFile(new URL('../docs/beside-a-host.md', import.meta.url), 'utf8')
  const example = /```js\n(?<code>[\s\S]*?)```/.exec(page)?.groups?.['code'] ?? ''
  const lines = example.split('\n').filter((line) => line !== '' && !line.startsWith('import '))
  expect(lines.length).toBeLessThanOrEqual(20)

  // Beside the workspaces, where a host's own file would find them; its data elsewhere.
  const file = new URL(`.readme-example-${process.pid}-host.mjs`, import.meta.url)
  const cwd = await mkdtemp(join(tmpdir(), 'muster-host-'))
  const listening = 'const server = app.listen(0, () => console.log(server.address().port))'
  await writeFile(file, example.replace('app.listen(3000)', listening))
  const host = spawn(process.execPath, ['--conditions=@muster/source', file.pathname], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    host.kill()
    await once(host, 'exit')
    await Promise.all([rm(file), rm(cwd, { recursive: true })])
  })
  const [port] = await once(createInterface(host.stdout), 'line')
  const me = `http://127.0.0.1:${port}/work/api/v1/me`
  expect((await fetch(me)).status).toBe(401)
  const login = await fetch(`http://127.0.0.1:${port}/login/ann`, { method: 'POST' })
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  expect(await (await fetch(me, { headers: { cookie } })).json()).toMatchObject({ externalId: 'ann' })
})
