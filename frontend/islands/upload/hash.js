// SHA-256 of a file of any size, read piece by piece, so that the page never holds all of it.
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"

const PIECE = 4 << 20

/** The hash as 64 figures; tell(share) after each piece; stops early, without a hash, when the signal says so. */
export async function hash(file, tell, signal) {
  const digest = sha256.create()
  for (let at = 0; at < file.size; at += PIECE) {
    if (signal.aborted) return ""
    digest.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()))
    tell(Math.min(1, (at + PIECE) / file.size))
  }
  return bytesToHex(digest.digest())
}
