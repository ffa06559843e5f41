export { changedPaths } from './changes/changed-paths.ts'
export type { ChangedPath, TreeEntry } from './changes/changed-paths.ts'
export { editTree } from './changes/edit-tree.ts'
export type { TreeEdit } from './changes/edit-tree.ts'
export { inspectChanges } from './changes/inspect-changes.ts'
export type { ChangeProblem, InspectedChanges } from './changes/inspect-changes.ts'
export { judgeChanges, knownGenerated, protectedNames } from './changes/judge-changes.ts'
export type { ChangePolicy, Judgement } from './changes/judge-changes.ts'
export { runDoctor } from './doctor/doctor.ts'
export type { DoctorOptions } from './doctor/doctor.ts'
export type { Finding } from './doctor/finding.ts'
export type { GitPlace } from './door/environment.ts'
export { findGit, Git } from './door/git.ts'
export type { GitOptions, GitOutput, GitProgram, GitRunOptions } from './door/git.ts'
export { checkGitVersion } from './door/git-version.ts'
export type { GitVersion } from './door/git-version.ts'
export {
  branchRef,
  isObjectId,
  parseObjectId,
  parseRefName,
  refComponent,
  shortBranch,
} from './door/names.ts'
export type { ObjectId, RefName } from './door/names.ts'
export { ObjectReader } from './door/object-reader.ts'
export type { GitObject } from './door/object-reader.ts'
export type { LeaderInfo, Leadership, LeadershipAnswer } from './locks/leader-lock.ts'
export type { Exclusive, ExclusiveOptions } from './locks/repository-lock.ts'
export type { ConflictHunk } from './merge/conflict-hunks.ts'
export type { ConflictedPath, MergeResult } from './merge/merge-output.ts'
export { mergeAll, mergeTrees } from './merge/merge-trees.ts'
export type { MergePair } from './merge/merge-trees.ts'
export { meetingPairs, previewMerge, previewPairs } from './merge/preview.ts'
export type { MergePreview, PairPreview, PreviewBranch, PreviewConflict } from './merge/preview.ts'
export { writeCommit } from './repository/commit.ts'
export type { CommitDraft, Person } from './repository/commit.ts'
export type { PrivateGit } from './repository/private-git.ts'
export { openRepository } from './repository/repository.ts'
export type { OpenRepositoryOptions, Repository, RepositoryFacts } from './repository/repository.ts'
export type { Ref, RefChange } from './repository/refs.ts'
export { expireRescues, rescueKeepMs } from './rescue/expire-rescues.ts'
export type { ExpireOptions } from './rescue/expire-rescues.ts'
export type { Pinned, PinOptions } from './rescue/pin.ts'
export { listRescues, restoreRescue, showRescue } from './rescue/rescue.ts'
export type { Rescue, RescueContent, RestoreOptions } from './rescue/rescue.ts'
export { rescueRef } from './rescue/rescue-ref.ts'
export { compareAttestations } from './slots/attest.ts'
export type { Attestation, CompareOptions, IsolationBreach } from './slots/attest.ts'
export type { CommitSlotOptions, CommittedSlot } from './slots/commit-slot.ts'
export type { RecycledSlot } from './slots/recycle-slot.ts'
export type { RemovedSlot } from './slots/remove-slot.ts'
export type {
  AdoptOptions,
  CreateSlotOptions,
  RecycleSlotOptions,
  RemoveSlotOptions,
  SlotsOptions,
} from './slots/slot-options.ts'
export type { SlotRecord, SlotState, SlotWork } from './slots/slot-record.ts'
export { Slots } from './slots/slots.ts'
export type { Snapshot } from './slots/snapshot.ts'
export { sparseDirectories } from './slots/sparse.ts'
