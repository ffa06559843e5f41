// The packed tarballs, looked at as their users' tools will: publint for the manifest, attw for the types under each resolver.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from '../../release/pack.ts'
import { printFindings } from '../findings.ts'
import { runBounded } from '../run-bounded.ts'
import { toolScript } from '../tool.ts'

const LIMIT_MS = 120_000

const root = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'ws-packages-'))
const findings: string[] = []
try {
  const packed = packAll(root, folder)
  for (const { manifest, tarball } of packed) {
    const runs = await Promise.all([
      runBounded([toolScript('publint', 'publint'), 'run', tarball, '--strict'], {
        cwd: root,
        limitMs: LIMIT_MS,
      }),
      // ES modules only: what `require` of an older Node makes of them is not asked.
      runBounded(
        [toolScript('@arethetypeswrong/cli', 'attw'), tarball, '--profile', 'esm-only', '--no-emoji'],
        {
          cwd: root,
          limitMs: LIMIT_MS,
        },
      ),
    ])
    for (const { ok, output } of runs) if (!ok) findings.push(`${manifest.name}:\n${output.trim()}`)
  }
  printFindings(findings, `${packed.length} tarballs`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
