/**
 * The same text in one piece. The engine keeps what was put together as a tree of its parts, and walks that tree each time the text is
 * copied; a text that stands in every event is worth the copy that makes it one.
 */
export function flat(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
