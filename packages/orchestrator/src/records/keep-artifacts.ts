import { createHash } from 'node:crypto'
import { copyFile, glob, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { matchesClaim, type TaskWork } from '@ws/core'
import type { KeptArtifact } from '@ws/store/records'

/** From where to where. */
export interface KeepArtifactsOptions {
  /** The worktree. */
  readonly from: string
  /** The task's own folder; what an earlier attempt left in it goes, but for what was said. */
  readonly to: string
  /** What `keptAs` begins with. */
  readonly prefix: string
  readonly patterns: readonly string[]
}

/** What a task makes besides commits: its artifacts, and the outputs of one that only verifies. */
export function artifactPatterns({
  artifacts,
  outputs,
  role,
}: Pick<TaskWork, 'artifacts' | 'outputs' | 'role'>): readonly string[] {
  return role === 'verify' ? [...artifacts, ...outputs] : artifacts
}

/** Whether a changed path is kept beside the commits; what was promised as an output of work is not. */
export function isArtifact(
  path: string,
  task: Pick<TaskWork, 'artifacts' | 'outputs' | 'role'>,
  options: { readonly ignoreCase: boolean },
): boolean {
  const matches = (pattern: string) => matchesClaim(pattern, path, options)
  if (task.role !== 'verify' && task.outputs.some(matches)) return false
  return artifactPatterns(task).some(matches)
}

/** Copies what the patterns name, before the worktree serves another. Links are not followed: they may lead anywhere. */
export async function keepArtifacts({
  from,
  to,
  prefix,
  patterns,
}: KeepArtifactsOptions): Promise<readonly KeptArtifact[]> {
  if (patterns.length === 0) return []
  const paths: string[] = []
  for await (const entry of glob('**/*', {
    cwd: from,
    withFileTypes: true,
    exclude: ({ name }) => name === '.git',
  })) {
    const path = `${entry.parentPath}/${entry.name}`.slice(from.length + 1).replaceAll('\\', '/')
    if (entry.isFile() && patterns.some((pattern) => matchesClaim(pattern, path))) paths.push(path)
  }
  for (const name of await readdir(to).catch(() => []))
    if (!isTranscript(name)) await rm(join(to, name), { recursive: true, force: true })
  const kept: KeptArtifact[] = []
  for (const path of paths.toSorted()) {
    const target = join(to, path)
    if (!(await lstat(join(from, path))).isFile()) continue
    await mkdir(dirname(target), { recursive: true })
    await copyFile(join(from, path), target)
    kept.push(await describe(target, path, prefix))
  }
  return kept
}

/** The file of what was said in an attempt. */
export function transcriptName(attempt: number): string {
  return attempt === 1 ? 'transcript.jsonl' : `transcript.${attempt}.jsonl`
}

function isTranscript(name: string): boolean {
  return /^transcript(\.\d+)?\.jsonl$/.test(name)
}

/** Keeps a text as a file of a task that has no worktree of its own to find it in. */
export async function keepText(
  text: string,
  { to, prefix, name }: Pick<KeepArtifactsOptions, 'to' | 'prefix'> & { readonly name: string },
): Promise<KeptArtifact> {
  const target = join(to, name)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, text)
  return describe(target, name, prefix)
}

async function describe(file: string, path: string, prefix: string): Promise<KeptArtifact> {
  const content = await readFile(file)
  return {
    path,
    keptAs: `${prefix}/${path}`,
    bytes: content.byteLength,
    digest: createHash('sha256').update(content).digest('hex'),
  }
}
