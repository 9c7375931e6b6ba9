import { child, isObject } from '../load/pointer.ts';
import type { Reading } from './reading.ts';

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
}
