import { type TempRepository, withTempRepository } from '@ws/testing'

/** Settings with a tool that writes its prompt into a file of its own, and answers; asked to spoil, it does. */
const settings = `tools:
  keeper: { command: sh, args: [keeper.sh] }
defaults: { tool: keeper }
`

const keeper = `prompt=$(cat)
name=$(echo "$prompt" | head -1 | tr -cd a-z)
case $name in *spoil*) echo "$prompt" >> README.md ;; *) echo "$prompt" > "kept-$name" ;; esac
echo kept
`

/** A repository in which any prompt can be done, by a tool that keeps it. */
export function withKeepingRepository(tell: (repository: TempRepository) => Promise<void>): Promise<void> {
  return withTempRepository(async (repository) => {
    repository.commit('settings', { 'ws.yaml': settings, 'keeper.sh': keeper })
    await tell(repository)
  })
}
