import * as z from 'zod'

const Share = z.number().min(0).max(1)

/** How hard a request is, and what it touches. */
export const Analysis = z.looseObject({
  score: z.number(),
  factors: z.looseObject({
    codeChanges: Share,
    securityImpact: Share,
    testing: Share,
    documentation: Share,
    coupling: Share,
  }),
  operation: z.string(),
  risk: z.enum(['low', 'medium', 'high']),
  /** Globs. */
  fileScope: z.array(z.string()),
  fileCount: z.int(),
  bytes: z.int(),
  capabilities: z.array(z.string()),
  estimate: z.looseObject({ usd: z.number(), minutes: z.number() }),
  deterministicConfidence: Share,
  context: z.looseObject({ languages: z.array(z.string()), frameworks: z.array(z.string()) }),
})

/** Which tool was chosen, and why. */
export const ChosenTool = z.looseObject({
  tool: z.string(),
  estimateUsd: z.number().nullable(),
  confidence: Share,
  because: z.string(),
  alternatives: z.array(z.unknown()),
})
