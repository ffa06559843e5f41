import { createHash } from 'node:crypto'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import * as z from 'zod'
import { writeAtomically } from '../files/write-atomically.ts'

/** A file that a task made besides commits: who made it, and what is in it. */
export const Artifact = z.looseObject({
  runId: z.string(),
  workstreamId: z.string(),
  taskId: z.string().optional(),
  /** As its maker calls it; often a path. */
  name: z.string().min(1),
  bytes: z.int().nonnegative(),
  /** SHA-256 of the content, in hexadecimal: equal contents are kept once. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})
/** A file that a task made besides commits. */
export type Artifact = z.output<typeof Artifact>

/** What an artifact is called and whose it is. */
export type ArtifactName = Pick<Artifact, 'runId' | 'workstreamId' | 'taskId' | 'name'>

/**
 * Keeps artifacts in a directory: contents by their digest, and for each name a small file that says which content it is.
 * A content is on the disk before a name speaks of it; a name that is given again speaks of the new content.
 */
export class ArtifactStore {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws `WS_ARTIFACT_NAME` for an empty one */
  async put(name: ArtifactName, content: string | Uint8Array): Promise<Artifact> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    const digest = sha256(bytes)
    const artifact: Artifact = { ...name, bytes: bytes.byteLength, digest }
    if (name.name === '')
      throw new WsError('WS_ARTIFACT_NAME', 'an artifact has no name', { details: { ...name } })
    const path = this.#contentPath(digest)
    // What lies there under this digest may be damaged, and is healed by whoever brings the content again.
    const isThere = await readFile(path).then(
      (found) => sha256(found) === digest,
      () => false,
    )
    if (!isThere) await writeAtomically(path, bytes)
    await writeAtomically(this.#namePath(artifact), `${JSON.stringify(artifact, undefined, 2)}\n`)
    return artifact
  }

  /**
   * The content of an artifact.
   * @throws `WS_ARTIFACT_MISSING`, `WS_ARTIFACT_DAMAGED` where its content is not what was put
   */
  async get({ digest, name }: Pick<Artifact, 'digest' | 'name'>): Promise<Uint8Array> {
    const path = this.#contentPath(digest)
    const content = await readFile(path).catch((cause: unknown) => {
      const message = `the content of artifact ${JSON.stringify(name)} is not there`
      throw new WsError('WS_ARTIFACT_MISSING', message, { cause, details: { name, digest } })
    })
    if (sha256(content) === digest) return content
    throw new WsError('WS_ARTIFACT_DAMAGED', `artifact ${JSON.stringify(name)} is not as it was put`, {
      details: { name, digest },
      hint: 'let its task run again, or take it from a backup',
    })
  }

  /** What a run, or one of its workstreams, has made; in the order of workstream and name. */
  async list({
    runId,
    workstreamId,
  }: {
    readonly runId: string
    readonly workstreamId?: string
  }): Promise<readonly Artifact[]> {
    const folder = join(this.#directory, 'names', encode(runId))
    const files = await readdir(folder).catch(() => [])
    const found: Artifact[] = []
    for (const file of files) {
      if (!file.endsWith('.json') || file.startsWith('.')) continue
      const artifact = Artifact.safeParse(JSON.parse(await readFile(join(folder, file), 'utf8')))
      if (!artifact.success) continue
      if (workstreamId === undefined || artifact.data.workstreamId === workstreamId) found.push(artifact.data)
    }
    return found.sort((a, b) => compare(a.workstreamId, b.workstreamId) || compare(a.name, b.name))
  }

  /** Whether a content is there. */
  async has(digest: string): Promise<boolean> {
    return access(this.#contentPath(digest)).then(
      () => true,
      () => false,
    )
  }

  #contentPath(digest: string): string {
    if (!/^[0-9a-f]{64}$/.test(digest))
      throw new WsError('WS_ARTIFACT_MISSING', `${JSON.stringify(digest)} is no digest`, {
        details: { digest },
      })
    return join(this.#directory, 'sha256', digest.slice(0, 2), digest)
  }

  /** Names may be long, and hold anything: their file is called by their digest. */
  #namePath({ runId, workstreamId, name }: ArtifactName): string {
    const mark = sha256(Buffer.from(JSON.stringify([workstreamId, name]))).slice(0, 32)
    return join(this.#directory, 'names', encode(runId), `${mark}.json`)
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** A name of one file, never `.` or `..`. */
function encode(text: string): string {
  return `r-${encodeURIComponent(text)}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
