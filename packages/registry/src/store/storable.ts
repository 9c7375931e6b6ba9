/** Text that PostgreSQL takes: without NUL, well-formed, at most so many characters. */
export function storable(text: string, most = 2_000): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replaceAll('\0', '').toWellFormed();
}
