import type { Landing, LandingRequest } from '@ws/core'

/** A landing port that takes everything as it is: for tests of what comes before. */
export function landedAtOnce(): Landing & { readonly requests: LandingRequest[] } {
  const requests: LandingRequest[] = []
  return {
    requests,
    land: (request) => {
      requests.push(request)
      return Promise.resolve({ kind: 'landed', commit: request.commit })
    },
    change: () => {},
    close: () => Promise.resolve(),
  }
}
