/** The name of an entity as Cedar writes it: `User::"ada"`; undefined for any other text. */
export function uidOfText(text: string): { readonly type: string; readonly id: string } | undefined {
  const [, type, id] = /^([A-Za-z_][\w:]*)::"((?:[^"\\]|\\.)*)"$/s.exec(text) ?? [];
  return type === undefined || id === undefined ? undefined : { type, id: id.replaceAll(/\\(["\\])/g, '$1') };
}
