import { WsError } from '@ws/core'
import type {
  AdapterTraits,
  Launch,
  LaunchMode,
  LaunchRequest,
  ToolAdapter,
} from '../adapter/tool-adapter.ts'
import type { FailureRule } from '../failure/failure-rule.ts'
import { saysSessionUnknown } from '../failure/unknown-session.ts'
import type { Protocol } from '../protocols/protocol.ts'
import type { ToolKinds } from '../turn/tool-calls.ts'
import type { Pricing } from '../usage/pricing.ts'
import { type LaunchSettings, launchSettings } from './launch-settings.ts'

/** A tool, as it is described: what to start, how to speak with it in each mode, what its errors mean. */
export interface AdapterSpec {
  readonly tool: string
  readonly traits: AdapterTraits
  /** What to start. Pure. What every tool gets (surroundings, the entry's own arguments) is added to it. */
  readonly launch: (request: LaunchRequest, settings: LaunchSettings) => SpecLaunch
  readonly protocols: Readonly<Partial<Record<LaunchMode, Protocol>>>
  readonly failures?: readonly FailureRule[]
  /** A regular expression over what it says of a session that it does not have any more, where common ones do not fit. */
  readonly unknownSession?: string
  readonly kinds?: ToolKinds
}

/** What to start; `lastArgs` stand after the arguments of the registry's entry. */
export interface SpecLaunch extends Launch {
  readonly lastArgs?: readonly string[]
}

/** What a registry adds to a description. */
export interface AdapterExtras {
  readonly pricing?: Pricing | undefined
}

/** An adapter from its description. */
export function toolAdapter(spec: AdapterSpec, { pricing }: AdapterExtras = {}): ToolAdapter {
  const { tool, traits, failures = [], kinds = { write: [], command: [] } } = spec
  return {
    tool,
    traits,
    launch(request) {
      protocolOf(spec, request)
      const settings = launchSettings(tool, request)
      const { lastArgs = [], ...launch } = spec.launch(request, settings)
      return {
        ...launch,
        commands: settings.commands ?? launch.commands,
        args: [...launch.args, ...settings.args, ...lastArgs],
        env: { ...plainTerminal, ...launch.env, ...settings.env },
        passEnv: [...surroundings, ...launch.passEnv, ...settings.passEnv, ...given(settings.keyEnv)],
      }
    },
    connect(wire, request, options = {}) {
      const setting = { tool, request, options, failures, kinds, pricing }
      return protocolOf(spec, request)(wire, setting)
    },
    isSessionUnknown: (failure) => saysSessionUnknown(failure, spec.unknownSession),
  }
}

/** @throws `WS_TOOL_MODE` */
function protocolOf({ tool, traits, protocols }: AdapterSpec, { mode, permission }: LaunchRequest): Protocol {
  const protocol = protocols[mode]
  if (protocol === undefined) {
    throw new WsError('WS_TOOL_MODE', `"${tool}" has no mode "${mode}"`, {
      details: { tool, mode },
      hint: `use ${Object.keys(protocols).join(' or ')}`,
    })
  }
  if (permission === 'ask' && (mode === 'one-shot' || !traits.asks)) {
    throw new WsError('WS_TOOL_MODE', `a ${mode} process of "${tool}" cannot ask before it writes`, {
      details: { tool, mode, permission },
      hint: traits.asks ? 'use its long-running mode, or the permission "edit"' : 'use the permission "edit"',
    })
  }
  return protocol
}

function given(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name]
}

/** Tools write for a reader that is a program: no colours, no cursor, one encoding. */
const plainTerminal = { TERM: 'dumb', NO_COLOR: '1', LANG: 'C.UTF-8' }

/** What any program needs to find its files and the network. Nothing else of the caller's surroundings is passed on. */
const surroundings: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TMP',
  'TEMP',
  'TZ',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'COMSPEC',
  'PATHEXT',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
]
