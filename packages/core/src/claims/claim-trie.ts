import type { Claim } from './claim.ts'
import type { CompiledClaim } from './compiled-claim.ts'

/** A held claim in its place in the trie. */
export interface TrieEntry<Holder> {
  readonly holder: Holder
  /** Its place among the holder's claims. */
  readonly rank: number
  readonly claim: Claim
  readonly compiled: CompiledClaim
  readonly node: TrieNode<Holder>
  // Entries of one node are a doubly linked list: taken out in one move, and a node needs no collection of its own.
  previous: TrieEntry<Holder> | undefined
  next: TrieEntry<Holder> | undefined
}

interface TrieNode<Holder> {
  readonly parent: TrieNode<Holder> | undefined
  readonly segment: string
  children: Map<string, TrieNode<Holder>> | undefined
  first: TrieEntry<Holder> | undefined
}

/**
 * Held claims by the literal segments that their paths begin with. Two claims can only overlap when the head of one
 * begins with the head of the other: the path from the root to a head, and what lies below it, are all to look at.
 */
export class ClaimTrie<Holder> {
  readonly #root: TrieNode<Holder> = newNode(undefined, '')

  insert(holder: Holder, rank: number, claim: Claim, compiled: CompiledClaim): TrieEntry<Holder> {
    let node = this.#root
    for (const segment of compiled.path.head) {
      node.children ??= new Map()
      let child = node.children.get(segment)
      if (!child) {
        child = newNode(node, segment)
        node.children.set(segment, child)
      }
      node = child
    }
    const entry = { holder, rank, claim, compiled, node, previous: undefined, next: node.first }
    if (node.first) node.first.previous = entry
    node.first = entry
    return entry
  }

  remove(entry: TrieEntry<Holder>): void {
    const { node, previous, next } = entry
    if (previous) previous.next = next
    else node.first = next
    if (next) next.previous = previous
    prune(node)
  }

  /** Calls `visit` with each entry whose head may meet `head`, in no particular order. */
  visitCandidates(head: readonly string[], visit: (entry: TrieEntry<Holder>) => void): void {
    let node: TrieNode<Holder> | undefined = this.#root
    for (const segment of head) {
      visitEntries(node, visit)
      node = node.children?.get(segment)
      if (!node) return
    }
    visitBelow(node, visit)
  }
}

function newNode<Holder>(parent: TrieNode<Holder> | undefined, segment: string): TrieNode<Holder> {
  return { parent, segment, children: undefined, first: undefined }
}

function prune<Holder>(from: TrieNode<Holder>): void {
  let node = from
  while (node.parent && !node.first && !node.children?.size) {
    node.parent.children?.delete(node.segment)
    node = node.parent
  }
}

function visitEntries<Holder>(node: TrieNode<Holder>, visit: (entry: TrieEntry<Holder>) => void): void {
  for (let entry = node.first; entry; entry = entry.next) visit(entry)
}

// A head has at most as many segments as a pattern has characters, so the recursion is bounded.
function visitBelow<Holder>(node: TrieNode<Holder>, visit: (entry: TrieEntry<Holder>) => void): void {
  visitEntries(node, visit)
  if (node.children) for (const child of node.children.values()) visitBelow(child, visit)
}
