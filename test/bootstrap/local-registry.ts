import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

export interface LocalRegistry extends AsyncDisposable {
  /** Its address, for `npm_config_registry`. */
  readonly url: string
  /** Paths asked for, in order. */
  readonly requests: readonly string[]
  readonly integrity: string
}

/** A registry on loopback that has one package in one version, made of the given files. */
export async function startLocalRegistry(
  folder: string,
  name: string,
  version: string,
  files: Record<string, string>,
): Promise<LocalRegistry> {
  const tarball = pack(folder, { 'package.json': JSON.stringify({ name, version }), ...files })
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (request.url === `/${name}.tgz`) return response.end(tarball)
    if (request.url !== `/${name}`) return response.writeHead(404).end()
    const dist = { tarball: `${url}/${name}.tgz`, integrity }
    return response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { name, version, dist } },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, requests, integrity, [Symbol.asyncDispose]: close }
}

function pack(folder: string, files: Record<string, string>): Buffer {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'package', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const { status, stderr } = spawnSync('tar', ['-czf', 'package.tgz', 'package'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`tar failed: ${stderr}`)
  return readFileSync(join(folder, 'package.tgz'))
}
