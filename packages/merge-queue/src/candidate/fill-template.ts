/** What a message's template may name. */
export interface TemplateFacts {
  readonly branch: string
  readonly target: string
  readonly id: string
  /** Of the branch's last commit. */
  readonly subject: string
  readonly body: string
}

/** Fills `{branch}`, `{target}`, `{id}`, `{subject}` and `{body}`, once: what they hold is not looked through again. */
export function fillTemplate(template: string, facts: TemplateFacts): string {
  return template.replaceAll(/\{(branch|target|id|subject|body)\}/g, (whole, name: string) => {
    switch (name) {
      case 'branch':
        return facts.branch
      case 'target':
        return facts.target
      case 'id':
        return facts.id
      case 'subject':
        return facts.subject
      case 'body':
        return facts.body
      default:
        return whole
    }
  })
}
