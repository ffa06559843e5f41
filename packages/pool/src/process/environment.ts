// What a tool sees of our environment: an allow-list. Keys and tokens get through only where a launch names them.

/** Passed on as they are. Windows compares names without case. */
const allowed: ReadonlySet<string> = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TEMP TMP
  XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
  HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
  NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO
  SSH_AUTH_SOCK SSH_AGENT_PID
  SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT OS USERNAME USERPROFILE USERDOMAIN HOMEDRIVE HOMEPATH APPDATA
  LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) COMMONPROGRAMFILES NUMBER_OF_PROCESSORS
  PROCESSOR_ARCHITECTURE`.split(/\s+/),
)

/** Set for every tool: output is read by a program, not by a person at a terminal. */
const constant: Readonly<Record<string, string>> = { TERM: 'dumb', NO_COLOR: '1' }

/** What the environment of a tool is made of. */
export interface EnvironmentParts {
  /** The environment of this program. */
  readonly inherited: Readonly<Record<string, string | undefined>>
  /** Names that a launch passes on beside those that every tool gets. */
  readonly passEnv: readonly string[]
  /** Set for the tool, over everything else; the later ones win. */
  readonly set: readonly Readonly<Record<string, string>>[]
}

/** The environment of a tool. */
export function toolEnvironment({ inherited, passEnv, set }: EnvironmentParts): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited))
    if (value !== undefined && (isAllowed(name) || passEnv.includes(name))) env[name] = value
  return Object.assign(env, constant, ...set)
}

/** The values that must never be shown: whatever is named like a secret, or was passed on by name and looks like one. */
export function secretsIn(
  env: Readonly<Record<string, string>>,
  passEnv: readonly string[],
): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const isNamed = /(KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)S?$/i.test(name)
    // Paths, addresses and words of a setting are no keys.
    const isPassed = passEnv.includes(name) && !isAllowed(name) && /^[^\s/\\]{16,}$/.test(value)
    return isNamed || isPassed ? [value] : []
  })
}

function isAllowed(name: string): boolean {
  const upper = name.toUpperCase()
  return allowed.has(upper) || upper.startsWith('LC_')
}
