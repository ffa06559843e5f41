import type { Permission } from '../../adapter/tool-adapter.ts'

/** How much a session may do by itself, in the words of codex. */
export function codexPolicy(permission: Permission): {
  readonly approvalPolicy: string
  readonly sandbox: string
} {
  switch (permission) {
    case 'read':
      return { approvalPolicy: 'never', sandbox: 'read-only' }
    case 'ask':
      return { approvalPolicy: 'on-request', sandbox: 'read-only' }
    case 'edit':
      return { approvalPolicy: 'never', sandbox: 'workspace-write' }
    case 'all':
      return { approvalPolicy: 'never', sandbox: 'danger-full-access' }
  }
}
