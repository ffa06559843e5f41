import type { Spent } from '../turn-tally.ts'

/** The answer to `thread/start`, and the thread in the notification of it. */
export function codexThread(options: { readonly id: string; readonly cwd: string }): object {
  const { id, cwd } = options
  const now = Math.floor(Date.now() / 1000)
  return {
    id,
    environments: [{ environmentId: 'local', cwd, runtimeWorkspaceRoots: [cwd] }],
    extra: null,
    sessionId: id,
    forkedFromId: null,
    attachedToThreadId: null,
    parentThreadId: null,
    preview: '',
    ephemeral: false,
    section: null,
    sectionEnteredAt: null,
    projectId: null,
    historyMode: 'paginated',
    modelProvider: 'mock',
    model: 'gpt-5.5',
    reasoningEffort: null,
    createdAt: now,
    updatedAt: now,
    recencyAt: now,
    status: { type: 'idle' },
    path: `/nonexistent/sessions/rollout-${id}.jsonl`,
    cwd,
    cliVersion: '0.169.0',
    originator: 'ws',
    source: 'vscode',
    canAcceptDirectInput: true,
    threadSource: null,
    agentNickname: null,
    agentRole: null,
    gitInfo: null,
    name: null,
    daybreakEnabled: null,
    turns: [],
  }
}

/** What stands beside the thread in the answer to `thread/start`. */
export function codexThreadSettings(
  cwd: string,
  { approvalPolicy, sandbox }: { readonly approvalPolicy: string; readonly sandbox: string },
): object {
  return {
    model: 'gpt-5.5',
    modelProvider: 'mock',
    serviceTier: null,
    disabledPluginIds: [],
    cwd,
    runtimeWorkspaceRoots: [cwd],
    instructionSources: [],
    approvalPolicy,
    approvalsReviewer: 'user',
    sandbox: sandbox === 'read-only' ? { type: 'readOnly', networkAccess: false } : workspaceWrite,
    activePermissionProfile: null,
    reasoningEffort: null,
    multiAgentMode: 'explicitRequestOnly',
  }
}

const workspaceWrite = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
}

/** A turn as it stands in an answer or a notification. */
export function codexTurn(
  id: string,
  status: 'inProgress' | 'completed' | 'interrupted' | 'failed',
  { items = [], error = null }: { readonly items?: readonly object[]; readonly error?: object | null } = {},
): object {
  const now = Math.floor(Date.now() / 1000)
  const isOver = status !== 'inProgress'
  return {
    id,
    rootTurnId: id,
    items,
    itemsView: items.length === 0 ? 'notLoaded' : 'summary',
    status,
    error,
    startedAt: now,
    completedAt: isOver ? now : null,
    durationMs: isOver ? 0 : null,
  }
}

/** What the model says, begun or whole. */
export function codexMessageItem(id: string, text: string, isOver: boolean): object {
  return {
    type: 'agentMessage',
    moderation: null,
    id,
    text,
    phase: null,
    memoryCitation: null,
    delivery: null,
    questions: null,
    startedAtMs: Date.now(),
    completedAtMs: isOver ? Date.now() : null,
  }
}

/** The limits of an account that has none. */
export const codexRateLimits = {
  limitId: 'codex',
  limitName: null,
  normalModelSlug: null,
  primary: null,
  secondary: null,
  credits: null,
  individualLimit: null,
  spendControlReached: null,
  planType: null,
  rateLimitReachedType: null,
}

/** Tokens of the last call or of the thread. */
export function codexTokens(spent: Spent): object {
  return {
    totalTokens: spent.in + spent.out,
    inputTokens: spent.in,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    outputTokens: spent.out,
    reasoningOutputTokens: 0,
  }
}
