import type { GuardCore } from '../core.ts';
import { templateOf } from '../learn/undocumented-path.ts';

const most = 512;

/**
 * Compiles the template of paths that no operation has: names that the contract or an API's designer gave stay, and what
 * looks like a value is its keyed hash (`/reports/{4fJ…}`), so that one value has one template.
 */
export function compileTemplate({ contract, basePath, hashId }: GuardCore): (path: string) => string {
  return (path) => {
    const { path: template, values } = templateOf(contract, path.slice(0, most), basePath);
    let next = 0;
    return template.replaceAll(/\{[^}/]*\}/g, () => `{${hashId('path', values[next++] ?? '')}}`);
  };
}
