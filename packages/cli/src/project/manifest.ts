import * as z from 'zod'

const Names = z.record(z.string(), z.string()).default({})

const schema = z.looseObject({
  packageManager: z.string().optional(),
  scripts: Names,
  dependencies: Names,
  devDependencies: Names,
  workspaces: z.unknown().optional(),
})

/** What a `package.json` says, as far as it matters here. */
export interface Manifest {
  readonly packageManager: string | undefined
  readonly scripts: Readonly<Record<string, string>>
  readonly dependsOnSomething: boolean
}

/** Reads the text of a `package.json`; one that cannot be read says nothing. */
export const Manifest = {
  from(text: string): Manifest {
    const { packageManager, scripts, dependencies, devDependencies, workspaces } = parsed(text)
    const count = Object.keys(dependencies).length + Object.keys(devDependencies).length
    return { packageManager, scripts, dependsOnSomething: count > 0 || workspaces !== undefined }
  },
}

function parsed(text: string): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return schema.parse({})
  }
}
