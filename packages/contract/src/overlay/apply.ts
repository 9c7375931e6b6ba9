import { CastellanError } from '../error.ts';
import { child, escapeToken, isObject, items } from '../load/pointer.ts';
import type { Provenance } from '../load/provenance.ts';
import type { Located, Location, NotedWarning } from '../model.ts';
import type { Place } from '../error.ts';
import { merge, type Merging } from './merge.ts';
import { select, type NodePath } from './select.ts';

export interface Overlaying {
  /** The document that is changed in place. */
  readonly target: Located;
  readonly provenance: Provenance;
  readonly place: (location: Location) => Place;
  readonly warnings: NotedWarning[];
}

/**
 * Applies an OpenAPI Overlay document (1.0, or 1.1 with `copy`), its actions in order.
 * @throws CastellanError `invalid-overlay`, `unsupported-version`
 */
export function applyOverlay(overlay: Located, overlaying: Overlaying): void {
  const version = child(overlay, 'overlay');
  if (typeof version.value !== 'string' || !/^1\.[012]\.\d+/.test(version.value)) {
    throw new CastellanError({
      code: version.value === undefined ? 'invalid-overlay' : 'unsupported-version',
      message: version.value === undefined ? 'this is no Overlay document' : 'this version of Overlay is not supported',
      place: overlaying.place(version.location),
      mend: 'write overlay: 1.0.0',
    });
  }
  const actions = child(overlay, 'actions');
  if (!Array.isArray(actions.value))
    throw invalid(overlaying, actions.location, 'actions is not a list', 'write a list of actions');
  for (const action of items(actions)) applyAction(action, overlaying);
}

function applyAction(action: Located, overlaying: Overlaying): void {
  const target = child(action, 'target');
  if (!isObject(action.value) || typeof target.value !== 'string') {
    throw invalid(overlaying, action.location, 'an action has no target', 'add target: a JSONPath such as $.paths');
  }
  const paths = selected(overlaying, target);
  if (paths.length === 0) {
    overlaying.warnings.push({
      code: 'overlay-target-unmatched',
      message: `the target ${target.value} selects nothing, so the action does nothing`,
      mend: 'correct the JSONPath, or remove the action',
      location: target.location,
    });
    return;
  }
  const source = sourceOf(action, overlaying);
  if (source === 'remove') remove(overlaying, paths, target.location);
  else if (source !== undefined) for (const path of paths) update(overlaying, path, source);
}

function selected(overlaying: Overlaying, expression: Located): NodePath[] {
  try {
    return select(overlaying.target.value, String(expression.value));
  } catch (error) {
    throw new CastellanError({
      code: 'invalid-overlay',
      message: `${String(expression.value)} is not a JSONPath`,
      place: overlaying.place(expression.location),
      mend: "write one of RFC 9535; names with a slash or hyphen stand in brackets: $.paths['/things'].get",
      cause: error,
    });
  }
}

/** What an action does: remove, or the value to merge in. */
function sourceOf(action: Located, overlaying: Overlaying): Located | 'remove' | undefined {
  const removes = child(action, 'remove');
  if (removes.value === true) return 'remove';
  if (removes.value !== undefined && removes.value !== false)
    throw invalid(overlaying, removes.location, 'remove is not true or false', 'write remove: true');
  const updates = child(action, 'update');
  if (updates.value !== undefined) return updates;
  const copies = child(action, 'copy');
  if (copies.value === undefined) {
    throw invalid(
      overlaying,
      action.location,
      'an action neither updates nor removes',
      'add update, copy or remove: true',
    );
  }
  const [path, second] = typeof copies.value === 'string' ? selected(overlaying, copies) : [];
  if (path === undefined || second !== undefined)
    throw invalid(
      overlaying,
      copies.location,
      'copy does not select exactly one node',
      'write a JSONPath that selects one',
    );
  const pointer = path.map((key) => `/${escapeToken(String(key))}`).join('');
  const location = overlaying.provenance.origin({ document: overlaying.target.location.document, pointer });
  return { location, value: structuredClone(walkTo(overlaying.target.value, path)) };
}

function update(overlaying: Overlaying, path: NodePath, source: Located): void {
  const parentPath = path.slice(0, -1);
  const key = path.at(-1);
  const parent = walkTo(overlaying.target.value, parentPath);
  const merging: Merging = {
    provenance: overlaying.provenance,
    conflict: (location, message, mend) => invalid(overlaying, location, message, mend),
    widened: (location) => {
      overlaying.warnings.push({
        code: 'overlay-widens-security',
        message: 'updating security adds alternatives to it: a caller who meets any of them is let in',
        mend: 'remove the old security in an action before this one, if it is to be replaced',
        location,
      });
    },
  };
  if (key === undefined) {
    merge(overlaying.target.value, source, merging, '');
    return;
  }
  const value = walkTo(parent, [key]);
  if (typeof value === 'object' && value !== null) merge(value, source, merging, String(key));
  else if (typeof source.value === 'object' && source.value !== null)
    throw merging.conflict(
      source.location,
      'the target is neither an object nor a list, but update is',
      'target its parent, or write a single value',
    );
  else replace(parent, key, source, overlaying.provenance);
}

function replace(parent: unknown, key: string | number, source: Located, provenance: Provenance): void {
  if (typeof parent !== 'object' || parent === null) return;
  Object.defineProperty(parent, key, { value: source.value, writable: true, enumerable: true, configurable: true });
  provenance.set(parent, String(key), source.location);
}

function remove(overlaying: Overlaying, paths: readonly NodePath[], location: Location): void {
  // All parents are found before anything moves; items of one array go from its end.
  const nodes = paths.map((path) => ({ parent: walkTo(overlaying.target.value, path.slice(0, -1)), key: path.at(-1) }));
  nodes.sort((a, b) => (typeof a.key === 'number' && typeof b.key === 'number' ? b.key - a.key : 0));
  for (const { parent, key } of nodes) {
    if (key === undefined)
      throw invalid(overlaying, location, 'the whole document cannot be removed', 'target a part of it');
    if (Array.isArray(parent)) overlaying.provenance.removeItem(parent, Number(key));
    else if (isObject(parent)) {
      delete parent[key];
      overlaying.provenance.removeMember(parent, String(key));
    }
  }
}

function walkTo(root: unknown, path: NodePath): unknown {
  let value = root;
  for (const key of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
  return value;
}

function invalid(overlaying: Overlaying, location: Location, message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'invalid-overlay', message, place: overlaying.place(location), mend });
}
