// What every git process is started with. Nothing of the caller's GIT_* variables comes through, nothing asks,
// nothing pages, nothing runs beside the command that was asked for.
import { nowhere } from '../platform/paths.ts'

/** Where a git command works. All paths are absolute. */
export interface GitPlace {
  readonly cwd: string
  readonly gitDir?: string
  readonly workTree?: string
  readonly indexFile?: string
  readonly objectDirectory?: string
  /** Further object directories to read from. */
  readonly alternates?: readonly string[]
  /** Neither the machine's nor the user's configuration is read, only that of `gitDir`. */
  readonly isPrivate?: boolean
  /** The list of commits whose parents a shallow clone lacks. */
  readonly shallowFile?: string
  /** Configuration for this place, over everything else. */
  readonly config?: Readonly<Record<string, string>>
}

/** Settings that no repository may override. */
const settings: Readonly<Record<string, string>> = {
  'core.hooksPath': nowhere,
  'core.fsmonitor': 'false',
  'core.pager': 'cat',
  'core.editor': ':',
  'core.alternateRefsCommand': '',
  'credential.interactive': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'commit.gpgSign': 'false',
  'tag.gpgSign': 'false',
  'push.gpgSign': 'false',
  'submodule.recurse': 'false',
  'diff.ignoreSubmodules': 'all',
  'protocol.ext.allow': 'never',
  'merge.directoryRenames': 'false',
  'core.protectHFS': 'true',
  'core.protectNTFS': 'true',
  // Another process of ours may have been killed while its git was still running: wait for that one to end.
  'core.filesRefLockTimeout': '3000',
  'core.packedRefsTimeout': '3000',
  // What a success rests on must survive a power cut: objects and the refs that pin them.
  'core.fsync': 'objects,reference',
  'core.fsyncMethod': 'batch',
}

const constant: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  LANGUAGE: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // Set and empty: neither core.askPass nor SSH_ASKPASS is looked at.
  GIT_ASKPASS: '',
  GIT_EDITOR: ':',
  GIT_SEQUENCE_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_MERGE_AUTOEDIT: 'no',
  GIT_OPTIONAL_LOCKS: '0',
  // Paths that we pass are paths, never patterns such as ":(top)".
  GIT_LITERAL_PATHSPECS: '1',
  // A replacement ref would let a tool lie about what a commit holds.
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ATTR_NOSYSTEM: '1',
  // Commits name their author themselves; this is for reflogs, which git refuses to write without one.
  GIT_AUTHOR_NAME: 'ws',
  GIT_AUTHOR_EMAIL: 'ws@localhost',
  GIT_COMMITTER_NAME: 'ws',
  GIT_COMMITTER_EMAIL: 'ws@localhost',
  GIT_ADVICE: '0',
  GCM_INTERACTIVE: 'never',
  SSH_ASKPASS_REQUIRE: 'never',
}

/** The environment of one git process. `inherited` is the caller's own, of which no `GIT_*` is kept. */
export function gitEnvironment(place: GitPlace, inherited: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited))
    if (value !== undefined && !/^GIT_/i.test(name)) env[name] = value
  Object.assign(env, constant)
  if (place.gitDir !== undefined) env['GIT_DIR'] = place.gitDir
  if (place.workTree !== undefined) env['GIT_WORK_TREE'] = place.workTree
  if (place.indexFile !== undefined) env['GIT_INDEX_FILE'] = place.indexFile
  if (place.objectDirectory !== undefined) env['GIT_OBJECT_DIRECTORY'] = place.objectDirectory
  if (place.alternates !== undefined)
    env['GIT_ALTERNATE_OBJECT_DIRECTORIES'] = place.alternates
      .map(quoteAlternate)
      .join(process.platform === 'win32' ? ';' : ':')
  if (place.shallowFile !== undefined) env['GIT_SHALLOW_FILE'] = place.shallowFile
  if (place.isPrivate === true) {
    env['GIT_CONFIG_NOSYSTEM'] = '1'
    env['GIT_CONFIG_GLOBAL'] = nowhere
  }
  const all = Object.entries({ ...settings, ...place.config })
  env['GIT_CONFIG_COUNT'] = String(all.length)
  for (const [index, [key, value]] of all.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return env
}

// The list is split at ":" (";" on Windows) unless an entry is quoted as in C.
function quoteAlternate(path: string): string {
  return /["\\:;\n]/.test(path) && process.platform !== 'win32'
    ? `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
    : path
}
