import type { Editor } from '../editor.ts';
import type { Speech } from '../infer.ts';

/** A parameter is a text where it is not what it was said to be. */
export function retype(editor: Editor, root: string): boolean {
  const raw = editor.get(root);
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return false;
  for (const keyword of ['format', 'minimum', 'maximum', 'items', 'enum', 'default'])
    if (keyword in raw) editor.remove(`${root}/${keyword}`);
  editor.remove(`${root}/type`);
  editor.set(`${root}/type`, 'string');
  return true;
}

/** A parameter may be sent several times. */
export function repeat(editor: Editor, parameter: string, root: string, speech: Speech): boolean {
  const raw = editor.get(root);
  if (typeof raw !== 'object' || raw === null) return false;
  const isList = (raw as { readonly type?: unknown }).type === 'array';
  if (speech === 'swagger') {
    if (!isList) {
      const { type, format, enum: choices } = raw as Readonly<Record<string, unknown>>;
      const items = Object.fromEntries(
        Object.entries({ type, format, enum: choices }).filter(([, value]) => value !== undefined),
      );
      for (const keyword of ['format', 'enum']) editor.remove(`${root}/${keyword}`);
      editor.set(`${root}/type`, 'array');
      editor.set(`${root}/items`, items);
    }
    editor.set(`${parameter}/collectionFormat`, 'multi');
    return true;
  }
  if (isList) editor.set(`${parameter}/explode`, true);
  else editor.set(root, { type: 'array', items: structuredClone(raw) });
  return true;
}
