// Two worktrees on one repository: a prediction of their conflict, a judgement by claims, and nothing lost.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  editTree,
  inspectChanges,
  judgeChanges,
  listRescues,
  openRepository,
  previewPairs,
  restoreRescue,
  runDoctor,
  Slots,
} from '@ws/git'

const folder = mkdtempSync(join(tmpdir(), 'ws-example-'))
const origin = join(folder, 'shop')
const git = (...args: string[]) =>
  execFileSync('git', ['-C', origin, '-c', 'user.name=You', '-c', 'user.email=you@localhost', ...args])
execFileSync('git', ['init', '--quiet', '--initial-branch=main', origin])
writeFileSync(join(origin, 'price.txt'), 'one\ntwo\nthree\n')
git('add', '.')
git('commit', '--quiet', '-m', 'first')

const repository = await openRepository(origin)
const slots = new Slots(repository)

// Each workstream has a worktree and a branch of its own, from the same commit.
for (const workstream of ['prices', 'texts']) {
  const slot = await slots.create({
    slot: workstream,
    base: 'main',
    work: { run: 'demo', workstream, attempt: 1 },
  })
  writeFileSync(join(slot.path, 'price.txt'), `one\n${workstream}\nthree\n`)
  writeFileSync(join(slot.path, 'scratch.log'), 'not claimed\n')

  // Pinned first: whatever is judged or thrown away from here on can be brought back.
  const pinned = await slots.pin(workstream)
  const changes = await inspectChanges(repository, slot.base, pinned.snapshot.tree)
  const judged = judgeChanges(changes, { claims: ['price.txt'] })
  const tree = await editTree(repository, pinned.snapshot.tree, judged.edits)
  const { commit } = await slots.commit(workstream, { tree, pinned, message: `change by ${workstream}` })
  console.log(
    `${workstream}: committed ${judged.inside.join()}, set aside ${judged.setAside.join()} (${commit.slice(0, 7)})`,
  )
}

const branches = (await slots.list()).map(({ slot, base, tip }) => ({ name: slot, base, tip }))
for (const { branches: pair, conflicts } of await previewPairs(repository, branches))
  console.log(`${pair.join(' and ')} would conflict in ${conflicts.map(({ path }) => path).join()}`)

for (const { slot } of await slots.list()) await slots.remove(slot)
await slots.purgeTrash()
const [kept] = await listRescues(repository)
if (kept !== undefined) {
  await restoreRescue(repository, kept.ref, { folder: join(folder, 'restored') })
  console.log(`removed, and ${kept.workstream} came back from ${kept.ref}`)
}
console.log(`the doctor finds ${(await runDoctor(slots)).length} things`)

await repository.close()
rmSync(folder, { recursive: true })
