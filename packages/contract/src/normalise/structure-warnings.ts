import { child, entries, isObject } from '../load/pointer.ts';
import type { Located } from '../model.ts';
import { nearest } from './nearest.ts';
import type { Reading } from './reading.ts';

/** Members of a path item that are no operations (OpenAPI 3.2 section 4.9; Swagger 2.0 has a part of them). */
const PATH_ITEM = ['$ref', 'summary', 'description', 'servers', 'parameters'];
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Notes what a document lacks or misspells outside of its operations: each is read leniently, and none goes unsaid. */
export function warnAboutStructure(reading: Reading): void {
  const { root } = reading;
  const info = child(root, 'info');
  if (!isObject(info.value))
    reading.warn(root.location, 'missing-info', 'info is missing', 'add info with title and version');
  else
    for (const key of ['title', 'version'])
      if (child(info, key).value === undefined)
        reading.warn(info.location, 'missing-info', `info.${key} is missing`, `add ${key}`);
  const version = child(root, reading.version === '2.0' ? 'swagger' : 'openapi');
  if (reading.version !== '2.0' && !/^\d+\.\d+\.\d+/.test(String(version.value)))
    reading.warn(
      version.location,
      'invalid-version',
      `the version ${String(version.value)} is read as ${reading.version}.0`,
      `write '${reading.version}.0'`,
    );
  const paths = child(root, 'paths');
  if (paths.value === undefined && child(root, 'webhooks').value === undefined)
    reading.warn(root.location, 'no-paths', 'there are no paths, so nothing can be called', 'add paths');
  for (const [path, item] of entries(paths)) {
    if (path.startsWith('x-')) continue;
    warnAboutPathItem(reading, item);
  }
}

function warnAboutPathItem(reading: Reading, item: Located): void {
  const own = reading.version === '3.2' ? [...PATH_ITEM, 'query', 'additionalOperations'] : PATH_ITEM;
  for (const [key, node] of entries(item)) {
    if (key.startsWith('x-') || own.includes(key) || METHODS.includes(key.toLowerCase())) continue;
    const near = nearest(key, [...METHODS, ...own]);
    reading.warn(
      node.location,
      'unknown-path-item-key',
      `a path item has no member ${key.slice(0, 40)}; it is not read`,
      near === undefined ? 'remove it, or rename it to x-…' : `did you mean ${near}?`,
    );
  }
}
