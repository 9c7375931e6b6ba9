/** Whether a digest is the one that was told; guards may tell its first digits only. */
export function isSameDigest(digest: string, told: string): boolean {
  const bare = (text: string): string => text.replace(/^sha256:/, '');
  return told !== '' && bare(digest).startsWith(bare(told));
}
