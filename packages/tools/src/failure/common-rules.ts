import type { FailureRule } from './failure-rule.ts'

/**
 * What providers say, whichever tool passes it on. The first rule that fits decides: a spent quota comes with the
 * status of a rate limit, and a full context with that of a bad request, so the words go before the numbers.
 */
export const commonFailureRules: readonly FailureRule[] = [
  {
    pattern:
      'insufficient[_ ]quota|exceeded your current quota|usage limit|exhausted[^.]{0,40}quota|quota[^.]{0,20}(exceeded|exhausted|used up|reached)|quota will reset|exhausted your capacity|credit balance is too low|out of credits|billing[_ ](hard[_ ]limit|not active)|limit reached\\|\\d{9,}',
    reason: 'quota-exhausted',
  },
  { status: [402], reason: 'quota-exhausted' },
  {
    pattern:
      'context[_ ](length|window)|prompt is too long|maximum (context|prompt) length|too many (input )?tokens|input token count|exceeds the (maximum|model)[^.]{0,40} tokens|request too large',
    reason: 'context-exceeded',
  },
  { status: [413], reason: 'context-exceeded' },
  { status: [401, 403], reason: 'auth' },
  {
    pattern:
      'unauthori[sz]ed|authentication[_ ]?(error|failed|required)?\\b.{0,40}(fail|error|invalid|required|missing)|invalid (x-)?api[- _]?key|incorrect api key|api key (is )?(not valid|missing|not set|required)|not (logged|signed) in|please (log|sign) ?in|run /login|permission[_ ]denied[_ ]error|no authentication',
    reason: 'auth',
  },
  { status: [429], reason: 'rate-limited' },
  {
    pattern: 'rate[_ -]?limit|too many requests|resource[_ ]exhausted|suggested retry after',
    reason: 'rate-limited',
  },
  { status: [500, 502, 503, 504, 520, 521, 522, 523, 524, 529], reason: 'overloaded' },
  {
    pattern:
      'overloaded|at capacity|no capacity available|service[_ ]unavailable|temporarily unavailable|internal server error|bad gateway|gateway time-?out',
    reason: 'overloaded',
  },
  {
    pattern:
      'ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|connection (error|refused|reset)|fetch failed|network error|error sending request|stream disconnected|unable to connect',
    reason: 'infrastructure',
  },
  {
    pattern: 'ENOSPC|no space left|EMFILE|ENOMEM|out of memory',
    reason: 'infrastructure',
  },
  {
    pattern:
      'content[_ ]polic|usage polic|safety (system|filter)|blocked by|model_not_found|model .{0,80}(not (exist|found)|is not supported)',
    reason: 'refused',
  },
  { status: [400, 404, 405, 409, 410, 415, 422], reason: 'refused' },
  { pattern: 'invalid[_ ]request|bad request', reason: 'refused' },
  // An answer of the service of which no more is known: nothing that another try would change.
  { code: ['APIError'], reason: 'refused' },
]
