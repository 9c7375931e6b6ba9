// What a guard starts with under each option of `source`: places are real ones.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { gitWorld, registryWorld, urlWorld, type World } from '../../packages/guard/test/source-worlds.ts';
import { folder, type Probe } from './api.ts';

const fresh = (): string => mkdtempSync(join(folder, 'source-'));
const documentOf = (title: string): string =>
  `openapi: 3.1.0\ninfo: { title: ${title}, version: '1' }\nservers: [{ url: /orders }]\npaths: {}\n`;

/** The title of the contract in force, or why there is none. */
async function titleOf(options: GuardOptions): Promise<string> {
  try {
    const guard = await createGuard({
      ...options,
      ...(options.source === undefined ? {} : { source: { cache: fresh(), ...options.source } }),
    });
    const { title } = guard.contract;
    await guard.end();
    return title;
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    return error.code;
  }
}

/** Two states of a world's place, one after another. */
async function published(make: () => Promise<World>, ...titles: readonly string[]): Promise<World> {
  const world = await make();
  for (const title of titles) await world.publish({ 'openapi.yaml': documentOf(title) });
  return world;
}

/** When another state is in force by itself, as a word for how long that took. */
async function noticed(interval: number): Promise<string> {
  const world = await published(() => gitWorld(fresh()), 'First');
  const { source, ...more } = world.options();
  let reloaded: () => void = () => undefined;
  const done = new Promise<string>((resolve) => (reloaded = () => resolve('soon')));
  const options = { ...more, source: { ...source, cache: fresh(), interval }, watch: true, onReload: () => reloaded() };
  const guard = await createGuard(options);
  await world.publish({ 'openapi.yaml': documentOf('Second') });
  const late = new Promise<string>((resolve) =>
    setTimeout(() => resolve('later'), interval < 1000 ? 60_000 : 500).unref(),
  );
  const when = await Promise.race([done, late]);
  await guard.end();
  return when;
}

export const sourceProbes: Readonly<Record<string, Probe>> = {
  'source.folder': async () => {
    const place = fresh();
    mkdirSync(join(place, 'apis'));
    writeFileSync(join(place, 'apis', 'openapi.yaml'), documentOf('Inner'));
    writeFileSync(join(place, 'openapi.yaml'), documentOf('Outer'));
    const contract = 'openapi.yaml';
    return [
      await titleOf({ contract, source: { folder: place } }),
      await titleOf({ contract, source: { folder: join(place, 'apis') } }),
    ];
  },
  'source.git': async () => {
    const [one, other] = [
      await published(() => gitWorld(fresh()), 'One'),
      await published(() => gitWorld(fresh()), 'Other'),
    ];
    return [await titleOf(one.options()), await titleOf(other.options())];
  },
  'source.ref': async () => {
    const world = await published(() => gitWorld(fresh()), 'First', 'Second');
    const { source, ...more } = world.options();
    return [
      await titleOf({ ...more, source: { ...source } }),
      await titleOf({ ...more, source: { ...source, ref: 'main~1' } }),
    ];
  },
  'source.files.*.url': async () => {
    const world = await published(urlWorld, 'One');
    const { source, contract } = world.options();
    const without = await titleOf({ contract, source: { ...source } });
    const file = {
      url: 'http://127.0.0.1:9/openapi.yaml',
      digest: Object.values(source?.files ?? {})[0]?.digest ?? '',
    };
    const with_ = await titleOf({ contract, source: { files: { 'openapi.yaml': file } } });
    world.close();
    return [without, with_];
  },
  'source.files.*.digest': async () => {
    const world = await published(urlWorld, 'One');
    const { source, contract } = world.options();
    const without = await titleOf({ contract, source: { ...source } });
    const [[name, file] = ['', undefined]] = Object.entries(source?.files ?? {});
    const other = { url: file?.url ?? '', digest: `sha256:${'0'.repeat(64)}` };
    const with_ = await titleOf({ contract, source: { files: { [name]: other } } });
    world.close();
    return [without, with_];
  },
  'source.registry': async () => {
    const world = await published(registryWorld, 'Published');
    const { registry } = world.options();
    const place = fresh();
    writeFileSync(join(place, 'openapi.yaml'), documentOf('Mine'));
    const without = await titleOf({ contract: join(place, 'openapi.yaml') });
    const with_ = await titleOf({ source: { registry: 'published' }, registry });
    world.close();
    return [without, with_];
  },
  'source.interval': async () => [await noticed(60_000), await noticed(100)],
  'source.cache': async () => {
    const world = await published(() => gitWorld(fresh()), 'First');
    const { source, ...more } = world.options();
    const cache = join(fresh(), 'kept');
    const without = existsSync(cache);
    await titleOf({ ...more, source: { ...source, cache } });
    return [String(without), String(existsSync(cache))];
  },
};
