import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findGit, Git } from '@ws/git'
import { demoFiles, demoPlan, demoSettings, demoTool } from './demo-files.ts'

/** The repository of the demo, in a folder that goes away with everything that was made beside it. */
export interface DemoRepository {
  readonly folder: string
  readonly path: string
  readonly git: Git
  remove(): void
}

/** Makes the repository, with one commit and the plan. */
export async function makeDemoRepository(
  env: Readonly<Record<string, string | undefined>>,
): Promise<DemoRepository> {
  const folder = mkdtempSync(join(tmpdir(), 'ws-demo-'))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    const path = join(folder, 'shop')
    const tool = join(folder, 'scripted-tool.mjs')
    const settings = demoSettings(process.execPath, tool)
    const files = { ...demoFiles, 'plan.yaml': demoPlan, 'ws.yaml': settings }
    writeFileSync(tool, demoTool)
    for (const [name, text] of Object.entries(files)) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    const config = { 'user.name': 'ws demo', 'user.email': 'demo@localhost' }
    const git = new Git(findGit({ env: { ...env } }), { cwd: path, config })
    await git.run(['init', '--quiet', '--initial-branch=main'])
    await git.run(['add', '--all'])
    await git.run(['commit', '--quiet', '--message', 'a small shop'])
    return { folder, path, git, remove }
  } catch (error) {
    remove()
    throw error
  }
}
